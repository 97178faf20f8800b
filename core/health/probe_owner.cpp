// SPDX-License-Identifier: GPL-3.0-or-later
// Who owns the plugin: its settings, else a CODEOWNERS file of the plugin or the library.
#include "health/probe.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace coppice::health {

using namespace Qt::StringLiterals;

namespace {

constexpr const char *places[] = {"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"};

/// The owners that a CODEOWNERS file gives to a folder ("" is the root): the last line that fits counts.
/// Source: GitHub's manual, "About code owners".
QStringList ownersOf(const QByteArray &text, const QByteArray &folder)
{
    QStringList owners;
    for (const auto &raw : text.split('\n')) {
        const QString line = QString::fromUtf8(raw.left(2000)).section(u'#', 0, 0).simplified();
        const QStringList words = line.split(u' ', Qt::SkipEmptyParts);
        if (words.isEmpty() || words.front().startsWith(u'[') || words.front().startsWith(u'^'))
            continue;
        QString pattern = words.front();
        bool fits = pattern == "*"_L1 || pattern == "/"_L1 || pattern == "**"_L1 || pattern == "/**"_L1;
        if (!fits && !folder.isEmpty()) {
            while (pattern.endsWith(u'*') || pattern.endsWith(u'/')) // of all that is in it
                pattern.chop(1);
            if (pattern.startsWith(u'/'))
                pattern.remove(0, 1);
            if (pattern.isEmpty())
                continue;
            const auto expression = QRegularExpression::fromWildcard(pattern, Qt::CaseSensitive, QRegularExpression::UnanchoredWildcardConversion);
            const QString anchored = u"^(?:"_s + expression.pattern() + u")(?:/|$)"_s;
            fits = QRegularExpression(anchored).match(QString::fromUtf8(folder)).hasMatch();
        }
        if (fits)
            owners = words.mid(1);
    }
    return owners;
}

class Owner final : public Probe
{
public:
    QString name() const override { return u"owner"_s; }
    QString title() const override { return u"Owners"_s; }
    QString source() const override { return u"the plugin's settings, or CODEOWNERS"_s; }
    QByteArray key(Round &round, const library::CatalogEntry &entry) override
    {
        QByteArray key = entry.tree.hex() + entry.plugin.prefix + '\n' + entry.plugin.settings.owners.join(u'\n').toUtf8();
        for (const char *place : places)
            key += round.idAt(place).hex();
        return key;
    }
    Measured measure(Round &round, const library::CatalogEntry &entry) override
    {
        QStringList owners = entry.plugin.settings.owners;
        QString from = QString::fromUtf8(library::pluginSettingsFile(entry.plugin.id));
        for (const char *place : places) {
            if (!owners.isEmpty())
                break;
            if (const auto text = round.files(entry).read(QByteArrayView(place))) {
                owners = ownersOf(*text, {});
                from = QString::fromUtf8(entry.plugin.prefix + '/' + place);
            }
        }
        for (const char *place : places) {
            const git::Oid id = round.idAt(place);
            if (!owners.isEmpty() || id.isNull())
                continue;
            if (const auto text = round.repository.blob(id, 1 << 20)) {
                owners = ownersOf(*text, entry.plugin.prefix);
                from = QString::fromLatin1(place);
            }
        }
        QJsonArray listed;
        for (const auto &owner : owners.mid(0, mostListed))
            listed.append(factText(owner, 100));
        return {{{u"owners"_s, listed}, {u"source"_s, owners.isEmpty() ? QString() : from}}, {}};
    }
};

} // namespace

namespace probes {
std::unique_ptr<Probe> owner()
{
    return std::make_unique<Owner>();
}
}

} // namespace coppice::health
