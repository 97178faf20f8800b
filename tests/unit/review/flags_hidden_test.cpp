// SPDX-License-Identifier: GPL-3.0-or-later
// Characters that deceive, in every published way, are flagged; what people write in their languages is not.
// The samples of deceit follow the classes of "Trojan Source: Invisible Vulnerabilities" (CVE-2021-42574, CVE-2021-42694),
// written anew. The ordinary files are generated: each of the texts in each kind of file.
#include <git/tree_edit.h>
#include <review/patch.h>

#include "support/scratch.h"
#include "support/test_main.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace coppice;
using namespace coppice::review;

namespace {

std::vector<Flag> hiddenIn(const std::vector<std::pair<QByteArray, QByteArray>> &added)
{
    test::Scratch scratch;
    auto repository = std::move(*git::Repository::initBare(scratch.path("r.git")));
    const auto empty = repository.writeTree({}).value();
    std::vector<git::TreeChange> changes;
    for (const auto &[path, bytes] : added)
        changes.push_back({path, git::TreeEntry{{}, git::Mode::File, repository.writeBlob(bytes).value()}});
    Patch patch;
    Revision revision;
    revision.base = empty;
    revision.result = git::editTree(repository, empty, changes).value();
    patch.revisions = {revision};
    auto flags = flagsOf(repository, patch, "plugins/a", filesOf(repository, revision).value()).value();
    std::erase_if(flags, [](const Flag &flag) { return flag.kind != u"hidden-characters"; });
    return flags;
}

QByteArray text(const char16_t *points)
{
    return QString::fromUtf16(points).toUtf8();
}

/// Sentences as people write them: language by language, with what their spelling needs.
const std::vector<const char16_t *> &sentences()
{
    static const std::vector<const char16_t *> all{
        u"Größe der Straße in Metern, natürlich für Übungen", u"L’été dernier, où étaient les œufs\u00a0? «\u00a0Là-bas\u00a0!\u00a0»", u"¿Dónde está el niño? ¡Mañana vendrá!", u"Não há informações à disposição",
        u"Perché non è così? Più tardi.", u"Zażółć gęślą jaźń", u"Příliš žluťoučký kůň úpěl ďábelské ódy", u"Kŕdeľ šťastných ďatľov", u"Árvíztűrő tükörfúrógép", u"Şu çiğköfteyi ığdırlı pişirdi; İstanbul’da",
        u"Blåbærsyltetøy på brødskive", u"Flygande bäckasiner söka hwila på mjuka tuvor", u"Törkylempijävongahdus", u"Kæmi ný öxi hér, ykist þjófum nú bæði víl og ádrepa", u"Įlinkdama fechtuotojo špaga", u"Glāžšķūņa rūķīši",
        u"Съешь же ещё этих мягких французских булок", u"Жебракують філософи при ґанку церкви", u"Под южно дърво, цъфтящо в синьо", u"Ђаче, уштеду плаћај жаљењем због џиновских цифара", u"Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", u"Բարեւ աշխարհ, ինչպե՞ս եք",
        u"გამარჯობა მსოფლიო, როგორ ხართ", u"שלום עולם, מה שלומך היום?", u"שָׁלוֹם לְכֻלָּם", u"مرحبا بالعالم، كيف حالك؟", u"می\u200cخواهم کتاب\u200cها را بخوانم", u"نمی\u200cدانم چه می\u200cشود", u"یہ ایک جملہ ہے۔", u"سڵاو لە جیهان",
        u"नमस्ते दुनिया, क्\u200dष और क\u094d\u200cष", u"হ্যালো বিশ্ব, র\u200d্যাব", u"வணக்கம் உலகம்", u"హలో ప్రపంచం, క్\u200cష", u"ನಮಸ್ಕಾರ ಪ್ರಪಂಚ", u"ഹലോ ലോകം, ന്\u200dമ", u"ශ්\u200dරී ලංකාව", u"สวัสดีชาวโลก", u"ສະບາຍດີ", u"မင်္ဂလာပါကမ္ဘာလောက",
        u"សួស្តី\u200bពិភពលោក", u"བཀྲ་ཤིས་བདེ་ལེགས།", u"你好，世界！这是“测试”（示例）。", u"繁體中文：請輸入您的姓名……", u"こんにちは、世界。「テスト」です！", u"ＡＢＣ株式会社の製品", u"ｶﾀｶﾅとひらがな", u"안녕하세요, 세계!", u"Xin chào thế giới, tiếng Việt có dấu", u"Selamat pagi, dunia",
        u"ሰላም ልዑል", u"ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ", u"ᠮᠣᠩᠭᠣᠯ\u180eᠪᠢᠴᠢᠭ", u"Saluton, ĉiuj ĝojaj ŝafoj", u"Dia dhuit, a dhomhain", u"Ẹ káàárọ̀, ẹ̀yin ọ̀rẹ́", u"Sawubona mhlaba", u"Aloha e ka honua, ʻokina", u"kΩ, µF, Δt = 5 s, α ≤ β, 10⁻³, ∑xᵢ", u"The Δ-connection of 3 Ω at 20 °C; E = mc²; ½ of π",
        u"👩\u200d💻 and 👨\u200d👩\u200d👧\u200d👦 work ❤\ufe0f ✔\ufe0f 1\ufe0f\u20e3", u"🏳\ufe0f\u200d🌈 🇩🇪 🇫🇷 👍🏽 🧑🏿\u200d🚀", u"naïve café — “quoted” ‘text’ … ½ × 2 ÷ 3 ≠ 4", u"Ελληνικά und Русский in one line, מעורב גם", u"Version 2.0 для Windows и Linux", u"API の設定を変更する", u"HTTPサーバーを起動", u"使用 Python 3 编写的 API", u"пакет npm установлен, см. README", u"בדיקת API של השרת",
        u"הקובץ README.md\u200f נמצא כאן.", u"גרסה 2.0\u200e (בטא)", u"استخدم \u200fC++\u200f هنا", u"القيمة \u061c-5", u"پروژه\u200cی متن\u200cباز", u"ខ្ញុំ\u200bស្រឡាញ់\u200bភាសា\u200bខ្មែរ",
        u"تثبيت حزمة npm بنجاح", u"Ο κώδικας Python τρέχει", u"用户ID和API密钥", u"№ 5 § 7 ¶ 3 © 2024 ® ™ € £ ¥"};
    return all;
}

} // namespace

class FlagsHiddenTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void trojanSource_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("hiddenClass");
        const auto row = [](const char *tag, const char *name, const char16_t *line, const char *hidden) {
            QTest::newRow(tag) << QByteArray("plugins/a/") + name << text(line) << QString::fromLatin1(hidden);
        };
        row("commenting-out", "a.c", u"/*\u202e } \u2066if (isAdmin)\u2069 \u2066 begin admins only */ run();", "reordering");
        row("stretched string", "a.js", u"if (level !== 'user\u202e \u2066// check if admin\u2069 \u2066') {", "reordering");
        row("early return", "a.py", u"    ''' Take money from the account \u2067''' ;return", "reordering");
        row("embedding", "a.rs", u"let x = \"a\u202ab\u202c\";", "reordering");
        row("right embedding", "a.go", u"x := \"a\u202bb\u202c\"", "reordering");
        row("left override", "a.java", u"String x = \"\u202dadmin\u202c\";", "reordering");
        row("first strong isolate", "a.cs", u"// \u2068 text \u2069", "reordering");
        row("Arabic letter mark in a name", "a.ts", u"const a\u061cb = 1;", "reordering");
        row("direction mark in a name", "a.ts", u"const is\u200eAdmin = 1;", "reordering");
        row("invisible function", "a.cpp", u"bool is\u200bAdmin();", "hidden");
        row("zero width joiner in a name", "a.go", u"func is\u200dAdmin() bool {", "hidden");
        row("zero width non-joiner in a name", "a.rb", u"def is\u200cadmin", "hidden");
        row("word joiner", "a.py", u"def is\u2060admin():", "hidden");
        row("byte order mark in a name", "a.js", u"function is\ufeffAdmin() {}", "hidden");
        row("Hangul filler as a name", "a.js", u"const { timeout, \u3164 } = req.query;", "hidden");
        row("half width filler", "a.js", u"let \uffa0 = 1;", "hidden");
        row("soft hyphen in a name", "a.py", u"pass\u00adword = 1", "hidden");
        row("tags that carry a text", "a.md", u"Read this.\U000E0069\U000E0067\U000E006E\U000E006F\U000E0072\U000E0065", "hidden");
        row("variation selectors that carry bytes", "a.md", u"Hi x\ufe00\ufe01\ufe05\ufe0b", "hidden");
        row("variation selectors of the supplement", "a.md", u"Hi 😀\U000E0155\U000E0162", "hidden");
        row("homoglyph function", "a.c", u"void sаyHello() {}", "ambiguous"); // the first a is Cyrillic
        row("Greek in a name", "a.py", u"pοrt = 1", "ambiguous");
        row("full width in a name", "a.js", u"const admｉn = 1;", "ambiguous");
        row("mathematical letters", "a.py", u"𝐬𝐲𝐬tem('x')", "ambiguous");
        row("Greek question mark", "a.js", u"x = 1\u037e", "ambiguous");
        row("return in the middle", "a.py", u"run(evil)\r# harmless        ", "hidden");
        row("escape sequence", "a.sh", u"echo x # \u001b[2K", "hidden");
        row("line separator", "a.js", u"// comment \u2028 run()", "hidden");
    }
    void trojanSource()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, line);
        QFETCH(QString, hiddenClass);
        const auto flags = hiddenIn({{path, "first\n" + line + "\nlast\n"}});
        QVERIFY(!flags.empty());
        QCOMPARE(flags.front().line, 2);
        QVERIFY(std::any_of(flags.begin(), flags.end(), [&](const Flag &flag) { return flag.hiddenClass == hiddenClass; }));
    }

    void ordinaryFilesHaveNone()
    {
        std::vector<std::pair<QByteArray, QByteArray>> files;
        int number = 0;
        for (const auto *sentence : sentences()) {
            const QByteArray said = text(sentence), base = "plugins/a/f" + QByteArray::number(number++);
            files.emplace_back(base + ".py", "# " + said + "\nname = \"" + said + "\"  # " + said + "\n");
            files.emplace_back(base + ".js", "// " + said + "\nconst name = '" + said + "'; /* " + said + " */\n");
            files.emplace_back(base + ".cpp", "\xef\xbb\xbf// " + said + "\nauto name = u8\"" + said + "\";\r\n");
            files.emplace_back(base + ".md", "# " + said + "\n\n* **" + said + "** (" + said + ")\n\n> " + said + "\n");
            files.emplace_back(base + ".json", QJsonDocument(QJsonObject{{QStringLiteral("title"), QString::fromUtf8(said)}, {QString::fromUtf8(said), QStringLiteral("1")}}).toJson());
            files.emplace_back(base + ".po", "msgid \"Hello\"\nmsgstr \"" + said + "\\n\"\n");
            files.emplace_back(base + ".html", "<p lang=\"x\">" + said + "</p>\n<!-- " + said + " -->\n");
            files.emplace_back(base + ".yml", "title: " + said + "\nlist:\n  - \"" + said + "\"\n");
        }
        QVERIFY(files.size() >= 500);
        QStringList told;
        for (const auto &flag : hiddenIn(files))
            told << QStringLiteral("%1:%2 %3").arg(QString::fromUtf8(flag.path)).arg(flag.line).arg(flag.detail);
        QVERIFY2(told.isEmpty(), qPrintable(QStringLiteral("%1 flags\n").arg(told.size()) + told.mid(0, 60).join(u'\n')));
    }
};

COPPICE_TEST(FlagsHiddenTest)
#include "flags_hidden_test.moc"
