// SPDX-License-Identifier: GPL-3.0-or-later
#include "capture/message_tokens.h"

#include <QSet>

#include <algorithm>
#include <array>

namespace coppice::capture {

namespace {

// Function words, then the verbs, states and nouns that programs report with. Endings (prose by form) are not repeated.
constexpr char16_t vocabulary[] =
    u"a an the this that these those all any both each every few many more most much no none not other some such same own "
    u"i it its he she they them their we our you your who whom which what where when while why how "
    u"and or but nor so yet if else then than as because since until unless though although whether also only just still "
    u"of in on at by for with without from to into onto upon up down over under above below between among through during "
    u"before after against about around across along within beyond near off out via per like except toward towards behind "
    u"is are was were be been being am do does did done has have had having can could may might must shall should will would "
    u"cannot cant dont doesnt didnt isnt wasnt wont yes ok okay again already always never now here there soon later too very "
    u"one two three first second third last next previous old new good bad best worst high higher low lower big small large "
    u"long short full empty free busy idle early late left right top bottom start stop begin end open close read write send "
    u"sent receive get got set put add drop remove delete create make made build built update upgrade change move copy find "
    u"found look search try retry run ran running exit quit kill kills spawn fork exec execute call return load unload save "
    u"store restore flush sync commit abort rollback lock unlock wait sleep wake suspend resume pause hold release reset "
    u"restart reboot boot shut shutdown shutoff power connect disconnect reconnect bind listen accept reject refuse deny "
    u"allow grant revoke permit forbid block unblock enable disable mount unmount attach detach join leave enter allocate "
    u"free alloc register unregister deregister subscribe unsubscribe publish push pull fetch pop insert select merge split "
    u"check verify validate test probe scan parse format encode decode encrypt decrypt compress sign match compare fail "
    u"failed fails pass passed skip ignore drop lose lost lack miss missing exceed reach reached limit cancel expire timeout "
    u"time timed out finish complete succeed success give gave given take took taken keep kept lead led let say said see "
    u"seen show shown tell told use used want need become became come came go goes gone went hit break broke broken bring "
    u"brought catch caught throw threw thrown raise raised trigger hang hung stuck dead alive live killed crash crashed panic "
    u"halt stall stalled slow fast quick quiet loud clean dirty stale fresh corrupt bogus weird odd bad wrong false true "
    u"valid invalid legal illegal known unknown present absent active inactive online offline ready healthy unhealthy public "
    u"private local remote internal external global default custom main primary secondary master slave leader follower "
    u"parent child peer self root user users username name names password passwd login logout account group owner host "
    u"server client service daemon process thread task job worker session request response reply query result results row "
    u"rows table column record records entry entries item items list queue stack heap pool cache buffer memory disk drive "
    u"volume partition file files folder directory path link socket port address network interface packet packets frame "
    u"byte bytes bit bits page pages block blocks chunk chunks segment sector node nodes cluster shard replica region zone "
    u"rack core cpu kernel driver device module package plugin library system machine console terminal screen window display "
    u"key keys value values data date day type types kind class method field state status mode level code number count size "
    u"length total rate ratio percent max min maximum minimum average sum index offset range depth width height weight "
    u"error errors warning warnings notice info debug trace fatal critical alert message messages text log logs event events "
    u"signal interrupt trap fault exception reason cause bug issue problem trouble attempt attempts try tries times attempts "
    u"step phase stage round cycle loop batch lot bulk part whole half rest head tail body header footer title term epoch "
    u"vote voter quorum election snapshot backup image container volume rule rules policy quota token ticket certificate "
    u"cert secret hash digest checksum crc parity cookie header payload stream channel topic broker tunnel proxy gateway "
    u"route router switch bridge gate door fan temperature voltage battery charge heat cool sensor clock tick timer alarm "
    u"version release patch config option flag flags argument arguments parameter parameters input output source target "
    u"destination origin base top dump heartbeat ping pong handshake hello welcome thanks please sorry help usage null nil "
    u"void int string float double boolean object array map stdin stdout stderr pid uid gid http https tcp udp ssh tls ssl "
    u"dns ftp smtp ip mac url uri api rpc sql xml json html css utf ascii io os vm ram rom nfs usb pci scsi acpi dma irq "
    u"able aware due else enough extra fine hard inside instead less maybe outside perhaps rather really right self single "
    u"soft specific sure together wide mapper reducer reduce container vcpu attempted down started stopped blocked "
    u"abandon access achieve acknowledge acquire action activate actual adapter adjust admin advance aggregate agree ahead "
    u"align alternate amount analyze announce anonymous answer appear append apply approve archive area argue arrive ask "
    u"assert assign assist assume atomic attack attr audit auth author auto avoid await award background balance ban band "
    u"bar barrier beep behalf belong benefit binary blank blink blob board book boost bound brief broadcast browser budget "
    u"builtin burst bypass calibrate callback candidate capture card carry cast ceiling cell central chain chance charset "
    u"chart chip choose city cleanup clear click clone cloud coalesce cold collapse collect color combine comment common "
    u"compact compile complain complex compose compute concat concern conclude concurrent confirm conflict consider consist "
    u"constant constrain construct consume contact contain content context continue contract contribute control converge "
    u"convert coordinate correct correlate cost couple cover credit cross current cursor cut database deadline deadlock "
    u"decide declare decline decommission decrease deep defer define degrade degree delay delegate deliver demand depend "
    u"deploy depot deprecate derive describe descriptor deserialize design desire detail detect determine develop diagnose "
    u"diagnostic dialog differ digit dimension direct discard discover dismiss dispatch dispose distinct distribute divide "
    u"document domain downgrade download downstream drain draw drift dual duplicate duration dynamic ease east echo edge "
    u"edit effect eject elapse elect element eligible email emit employ emulate enqueue ensure entire entity environment "
    u"equal erase escape establish estimate evaluate evict evidence exact examine example exchange exclude exclusive "
    u"exhaust exist expand expect expensive experience explain explicit explore export expose express extract factor "
    u"fallback family favor feature feedback fence figure fill filter final fire firmware fit fix flat flip flood flow fly "
    u"focus fold font force foreground foreign forward freeze freezer frequent friend front function future gain garbage "
    u"gather general generate generic grace graph great grow guard guess guest guide handle handler happen hardware harm "
    u"health hide hint history home hook hop hour human hybrid icon ident identify identity immediate impact implement "
    u"implicit import improve incident include incoming increase indicate individual infer inherit inhibit init initial "
    u"initialize inject inner inode inspect instruct integer integrity intend interest intermediate interpret introduce "
    u"invoke involve isolate iterate journal judge jump keyboard kick label lane language laptop lease legacy lid life "
    u"lifecycle lifetime light line listener literal locale locate location lookup loopback magic mail manage manager "
    u"manual manufacturer margin mark market mask material measure mechanism media medium member mention menu metadata "
    u"meter metric middle migrate mirror misc mismatch mobile model modify monitor month mouse multicast multiple mute "
    u"mutex native navigate nearest neighbor nested neutral nobody noise nonce normal north notify numeric obey observe "
    u"obsolete obtain occupy occur offer ongoing operate operator oppose optimal optimize order ordinal orphan outage outer "
    u"outgoing outlet outstanding overflow overhead overlap override overrun owe pack padding paint pair panel paper "
    u"parallel partial participate partner paste pattern pay peak pending perform peripheral permanent permission persist "
    u"person phone physical picture pin pipe pipeline pixel plain plan platform play playback plug point poll popup "
    u"position possible post potential precise predicate prefer prefix premature prepare presence preserve prevent price "
    u"print prior priority privilege probable proceed produce product profile progress prohibit project promise promote "
    u"prompt proof proper property propose protect protocol prove provide provider prune purchase purge purpose qualify "
    u"quality quantity question quiesce quote radio random rank react reader real rebalance rebind rebuild recall receipt "
    u"recent recipient recognize recommend reconcile recover recursive recycle redirect redo redundant refer reference "
    u"reflect refresh regard regular reindex reinit relate relative relay relevant relocate rely remain remember remind "
    u"rename render renew repair repeat replace replicate report repository represent require reroute rescan rescue resend "
    u"reserve reside resize resolve resource respect respond retain retire reuse reveal reverse revert review rewind rich "
    u"ring rise risk role rollover rotate routine safe sample satisfy scale scenario schedule scheduler schema scope score "
    u"scratch script scroll seal season secure security seed seek seem semaphore sense separate sequence serial serialize "
    u"series serve setting settle setup several severe shadow shape share shell shift ship shrink shuffle signature signup "
    u"silence similar simple simulate site situation sleepy slice slot snap solution solve sort sound south space spare "
    u"special speed spill spool spot spread stable stamp stand standard standby startup static station statistic stats stay "
    u"steady steal storage stretch strict strip strong structure stub style subject submit subsystem subtree suffer "
    u"sufficient suggest suit supply support suppose suppress surface surprise survey survive suspect suspicious swap "
    u"symbol symlink synchronize syntax synthetic tab tag teardown telemetry template temporary tenant terminate thank "
    u"thing throttle throughput tile toggle tolerate tool touch tough track traffic transfer transform transient transit "
    u"translate transmit transport traverse tree triangle trim trivial trust tune turn twice unable unavailable unbind "
    u"unchanged uncommitted underflow undo unexpected unhandled unicast unique unit universal unlink unmanaged unplug "
    u"unreachable unrecoverable unregistered unresolved unsafe unsupported untrusted unusable upload upper upstream uptime "
    u"urgent usual utility vacant vacuum variable vary vector vendor verbose vertical video view violate virtual visible "
    u"visit voice vulnerable wakeup walk wall warm watch watchdog weak wear web week west wheel win wipe wire wireless wish "
    u"withdraw witness wonder wrap wrapper writer year yield zero zombie";

const QSet<QString> &words()
{
    static const QSet<QString> all = [] {
        QSet<QString> set;
        for (const auto &word : QString::fromUtf16(vocabulary).split(u' ', Qt::SkipEmptyParts))
            set.insert(word);
        return set;
    }();
    return all;
}

/// Endings of English verbs, nouns and adjectives that names seldom have.
bool hasProseEnding(QStringView word)
{
    static constexpr std::array<QStringView, 27> endings{
        u"ed", u"ing", u"ings", u"tion", u"tions", u"sion", u"sions", u"ly", u"able", u"ible", u"ment", u"ments", u"ful", u"less", u"ness", u"ity", u"ities",
        u"ance", u"ence", u"ure", u"ures", u"ize", u"izes", u"ise", u"ous", u"ive", u"ency"};
    return word.size() >= 5 && std::any_of(endings.begin(), endings.end(), [&](QStringView ending) { return word.endsWith(ending); });
}

bool isProsePart(const QString &word)
{
    if (words().contains(word) || hasProseEnding(word))
        return true;
    // plurals and the third person of known words
    if (word.size() > 3 && word.endsWith(u's')) {
        if (words().contains(word.chopped(1)))
            return true;
        if (word.endsWith(u"es") && words().contains(word.chopped(2)))
            return true;
        if (word.endsWith(u"ies") && words().contains(word.chopped(3) + u'y'))
            return true;
    }
    return false;
}

} // namespace

bool isProse(QStringView word)
{
    if (word.isEmpty() || word.size() > 40)
        return false;
    // letters only, in one case, perhaps with a capital; parts joined by - _ / ' and a plural in brackets apart
    const bool allUpper = std::all_of(word.begin(), word.end(), [](QChar c) { return !c.isLetter() || c.isUpper(); });
    QString part;
    bool any = false;
    for (qsizetype i = 0; i <= word.size(); ++i) {
        const QChar c = i < word.size() ? word[i] : QChar(u'-');
        if (c.isLetter()) {
            if (c.isUpper() && !allUpper && !part.isEmpty())
                return false; // camelCase
            part += c.toLower();
        } else if (c == u'-' || c == u'_' || c == u'/' || c == u'\'') {
            if (!part.isEmpty() && !(c == u'\'' && i + 2 >= word.size()) && part != u"s" && part != u"t") {
                if (!isProsePart(part))
                    return false;
                any = true;
            }
            part.clear();
        } else {
            return false;
        }
    }
    return any;
}

} // namespace coppice::capture
