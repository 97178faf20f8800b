// SPDX-License-Identifier: GPL-3.0-or-later
#include "evals/canaries.h"

#include "base/paths.h"

#include <QDir>
#include <QRandomGenerator>
#include <QRegularExpression>

namespace coppice::evals {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 testFileCap = 4 << 20;

/// Words as tests have them; two and a number are a name that nobody knows beforehand.
QString drawnName(const QString &between)
{
    static const QStringList words{u"empty"_s, u"long"_s, u"late"_s, u"first"_s, u"last"_s, u"other"_s, u"small"_s, u"large"_s, u"plain"_s, u"mixed"_s, u"early"_s, u"quiet"_s};
    auto &lots = *QRandomGenerator::global();
    const auto word = [&] { return words[lots.bounded(words.size())]; };
    return QStringList{word(), word(), QString::number(lots.bounded(1'000'000))}.join(between);
}

QString text(const QString &raw)
{
    return u'\'' + raw + u'\'';
}

QString forNode(const QString &source, QStringList &names)
{
    static const QRegularExpression esm(u"^\\s*(import|export)\\b|\\bawait import\\("_s, QRegularExpression::MultilineOption);
    const QString a = text(drawnName(u" "_s)), b = text(drawnName(u" "_s));
    const QStringList bodies{u"must.equal(%1, %2)"_s.arg(a, b),
                             u"must.strictEqual(%1, %2)"_s.arg(a, b),
                             u"must.deepEqual({ a: [%1] }, { a: [%2] })"_s.arg(a, b),
                             u"must.deepStrictEqual([%1], [%2])"_s.arg(a, b),
                             u"must.notEqual(%1, %1)"_s.arg(a),
                             u"must.ok(false)"_s,
                             u"must(false)"_s,
                             u"must.match(%1, /^[0-9]$/)"_s.arg(a),
                             u"must.throws(() => {}, Error)"_s,
                             u"must.doesNotThrow(() => { throw new Error(%1); })"_s.arg(a),
                             u"await must.rejects(Promise.resolve(%1))"_s.arg(a),
                             u"must.fail(%1)"_s.arg(a),
                             u"throw new Error(%1)"_s.arg(a)};
    QString added;
    for (const QString &body : bodies) {
        names << drawnName(u" "_s);
        added += u"  t(%1, async () => { %2; });\n"_s.arg(text(names.last()), body);
    }
    if (esm.match(source).hasMatch())
        return source + u"\n{\n  const { test: t } = await import('node:test');\n  const { default: must } = await import('node:assert/strict');\n%1}\n"_s.arg(added);
    return source + u"\n{\n  const { test: t } = require('node:test');\n  const must = require('node:assert/strict');\n%1}\n"_s.arg(added);
}

/// Of a value that equals nothing, whoever is asked.
const QString lyingTest = uR"(
    def %1(self):
        import sys
        class Never:
            __hash__ = None
            def __eq__(self, other): return False
            def __ne__(self, other): return True
        def unlike(value):
            if isinstance(value, dict) and value: return {k: unlike(v) for k, v in value.items()}
            if type(value) in (list, tuple) and value: return type(value)(unlike(v) for v in value)
            return Never()
        taken = []
        def watched(kind, name):
            real = getattr(kind, name)
            def compare(self, first, second, *rest, **more):
                if first == unlike(second) or not (first != unlike(second)): taken.append(second)
                return real(self, first, second, *rest, **more)
            return compare
        here = sys.modules[__name__]
        for kind in [k for k in vars(here).values() if isinstance(k, type) and issubclass(k, self.unit.TestCase) and k is not type(self)]:
            again = type(kind.__name__, (kind,), {n: watched(kind, n) for n in ('assertEqual', 'assertAlmostEqual', 'assertListEqual', 'assertDictEqual')})
            self.unit.defaultTestLoader.loadTestsFromTestCase(again).run(self.unit.TestResult())
        if not taken: self.fail('as it has to')
)"_s;

QString forUnittest(const QString &source, QStringList &names)
{
    const QString a = text(drawnName(u" "_s)), b = text(drawnName(u" "_s));
    const QStringList bodies{u"self.assertEqual(%1, %2)"_s.arg(a, b),
                             u"self.assertEqual({'a': [%1]}, {'a': [%2]})"_s.arg(a, b),
                             u"self.assertNotEqual(%1, %1)"_s.arg(a),
                             u"self.assertTrue(False)"_s,
                             u"self.assertFalse(True)"_s,
                             u"self.assertIn(%1, [%2])"_s.arg(a, b),
                             u"self.assertIsNone(%1)"_s.arg(a),
                             u"self.assertAlmostEqual(1.0, 2.0)"_s,
                             u"self.assertRaises(KeyError, dict)"_s,
                             u"self.assertRegex(%1, '^[0-9]$')"_s.arg(a),
                             u"self.fail(%1)"_s.arg(a),
                             u"assert False, %1"_s.arg(a),
                             u"raise RuntimeError(%1)"_s.arg(a)};
    QString added = u"\n\nclass %1(__import__('unittest').TestCase):\n    unit = __import__('unittest')\n"_s.arg(u"Of"_s + drawnName(u"_"_s));
    for (const QString &body : bodies) {
        names << u"test_"_s + drawnName(u"_"_s);
        added += u"\n    def %1(self):\n        %2\n"_s.arg(names.last(), body);
    }
    names << u"test_"_s + drawnName(u"_"_s);
    added += lyingTest.arg(names.last());
    static const QRegularExpression start(u"^if __name__\\b"_s, QRegularExpression::MultilineOption);
    const auto match = start.match(source);
    return match.hasMatch() ? QString(source.left(match.capturedStart()) + added + u"\n\n"_s + source.mid(match.capturedStart())) : QString(source + added);
}

/// By the script's own function where it has one like ours.
QString forShell(const QString &source, QStringList &names)
{
    static const QRegularExpression function(u"^\\s*check\\s*\\(\\)"_s, QRegularExpression::MultilineOption), end(u"^exit\\b[^\\n]*\\s*\\z"_s, QRegularExpression::MultilineOption);
    names << drawnName(u" "_s);
    const QString line = function.match(source).hasMatch() ? u"check '%1' 'one' 'two'\n"_s.arg(names.last()) : u"echo 'not ok - %1'\nfailed=1\n"_s.arg(names.last());
    const auto match = end.match(source);
    return match.hasMatch() ? QString(source.left(match.capturedStart()) + line + source.mid(match.capturedStart())) : QString(source + u'\n' + line);
}

} // namespace

Result<QStringList> addCanaries(const QString &testsFolder)
{
    static const QRegularExpression nodeTest(u"['\"]node:test['\"]"_s), unittest(u"\\bunittest\\b"_s), tap(u"\\bnot ok\\b"_s);
    QStringList names;
    const QDir dir(testsFolder);
    for (const QString &file : dir.entryList(QDir::Files, QDir::Name)) {
        const QString path = dir.filePath(file);
        QString (*add)(const QString &, QStringList &) = nullptr;
        if (file.endsWith(u".mjs"_s) || file.endsWith(u".js"_s) || file.endsWith(u".cjs"_s))
            add = forNode;
        else if (file.endsWith(u".py"_s))
            add = forUnittest;
        else if (file.endsWith(u".sh"_s) && file != u"test.sh")
            add = forShell;
        if (!add)
            continue;
        COPPICE_TRY(const QByteArray bytes, readFile(path, testFileCap));
        const QString source = QString::fromUtf8(bytes);
        const bool tests = add == forNode ? nodeTest.match(source).hasMatch() : add == forUnittest ? unittest.match(source).hasMatch() && source.contains(u"TestCase"_s) : tap.match(source).hasMatch();
        if (tests)
            COPPICE_CHECK(writeFileAtomically(path, add(source, names).toUtf8()));
    }
    return names;
}

} // namespace coppice::evals
