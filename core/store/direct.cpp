// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/direct.h"

#include <QVarLengthArray>

#include <algorithm>

#include <sqlite3.h>

namespace coppice::store {

namespace {

constexpr qsizetype preparedAtMost = 64;
thread_local bool opened = false;

int tellOpening(sqlite3 *, char **, const sqlite3_api_routines *)
{
    opened = true;
    return SQLITE_OK;
}

using Texts = QVarLengthArray<QByteArray, 32>;

bool isBindable(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::UnknownType:
    case QMetaType::Bool:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::LongLong:
    case QMetaType::ULong:
    case QMetaType::ULongLong:
    case QMetaType::Double:
    case QMetaType::QString:
    case QMetaType::QByteArray:
        return true;
    default:
        return false;
    }
}

/// As the connection has it: a value that is none is NULL, a null text or array of bytes is empty.
/// Text and bytes are not copied: values and `texts` live until the statement has run.
int bind(sqlite3_stmt *statement, int at, const QVariant &value, Texts &texts)
{
    switch (value.typeId()) {
    case QMetaType::QString: {
        const auto &text = texts.emplace_back(static_cast<const QString *>(value.constData())->toUtf8());
        return sqlite3_bind_text64(statement, at, text.isNull() ? "" : text.constData(), sqlite3_uint64(text.size()), SQLITE_STATIC, SQLITE_UTF8);
    }
    case QMetaType::QByteArray: {
        const auto &bytes = *static_cast<const QByteArray *>(value.constData());
        return sqlite3_bind_blob64(statement, at, bytes.isNull() ? "" : bytes.constData(), sqlite3_uint64(bytes.size()), SQLITE_STATIC);
    }
    default:
        break;
    }
    if (value.isNull())
        return sqlite3_bind_null(statement, at);
    return value.typeId() == QMetaType::Double ? sqlite3_bind_double(statement, at, value.toDouble()) : sqlite3_bind_int64(statement, at, value.toLongLong());
}

} // namespace

void DirectStatements::Finalize::operator()(sqlite3_stmt *statement) const
{
    sqlite3_finalize(statement);
}

void DirectStatements::expectOpening()
{
    // Called by each opening of this program's SQLite, whoever asks for it, and by no other's.
    [[maybe_unused]] static const int registered = sqlite3_auto_extension(reinterpret_cast<void (*)()>(tellOpening));
    opened = false;
}

bool DirectStatements::wasOpenedHere()
{
    return opened;
}

std::unique_ptr<DirectStatements> DirectStatements::of(const QVariant &handle)
{
    if (!handle.isValid() || qstrcmp(handle.typeName(), "sqlite3*") != 0)
        return nullptr;
    auto *const database = *static_cast<sqlite3 *const *>(handle.constData());
    return database ? std::unique_ptr<DirectStatements>(new DirectStatements(database)) : nullptr;
}

std::optional<DirectStatements::Outcome> DirectStatements::run(const QString &sql, const QVariantList &values)
{
    if (!std::all_of(values.begin(), values.end(), isBindable))
        return {};
    const auto failed = [this](int code) { return Outcome{code, QString::fromUtf8(sqlite3_errmsg(m_database)), 0, 0}; };
    auto &prepared = m_prepared[sql];
    if (!prepared) {
        const QByteArray text = sql.toUtf8();
        sqlite3_stmt *made = nullptr;
        const char *rest = nullptr;
        const int code = sqlite3_prepare_v2(m_database, text.constData(), int(text.size()), &made, &rest);
        auto statement = std::make_shared<Statement>(made);
        const bool isOurs = code == SQLITE_OK && made && sqlite3_column_count(made) == 0 && QByteArrayView(rest).trimmed().isEmpty()
            && sqlite3_bind_parameter_count(made) == values.size();
        if (!isOurs) {
            m_prepared.remove(sql);
            return {}; // Qt's words for what is wrong with it
        }
        if (m_prepared.size() > preparedAtMost) {
            m_prepared.clear();
            m_prepared[sql] = statement;
            return run(sql, values);
        }
        prepared = std::move(statement);
    }
    const auto kept = prepared; // a callback of SQLite's could ask for another
    sqlite3_stmt *const statement = kept->get();
    Texts texts;
    int code = sqlite3_bind_parameter_count(statement) == values.size() ? SQLITE_OK : SQLITE_RANGE;
    for (qsizetype i = 0; i < values.size() && code == SQLITE_OK; ++i)
        code = bind(statement, int(i) + 1, values[i], texts);
    if (code == SQLITE_OK) {
        do
            code = sqlite3_step(statement);
        while (code == SQLITE_ROW); // of those without columns: incremental_vacuum answers one a page
    }
    std::optional<Outcome> outcome;
    if (code == SQLITE_DONE)
        outcome = Outcome{0, {}, sqlite3_changes(m_database), sqlite3_last_insert_rowid(m_database)};
    else
        outcome = failed(code == SQLITE_RANGE ? code : sqlite3_extended_errcode(m_database));
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return outcome;
}

} // namespace coppice::store
