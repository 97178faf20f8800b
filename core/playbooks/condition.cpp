// SPDX-License-Identifier: GPL-3.0-or-later
#include "playbooks/condition.h"

#include "playbooks/values.h"

#include <QRegularExpression>

namespace coppice::playbooks {

struct Condition::Node {
    enum class Kind { Or, And, Not, Equal, Unequal, Text, Number, Output, Failed };
    Kind kind = Kind::Text;
    QString text; ///< of Text and Number; of Output: the step
    QString name; ///< of Output
    std::shared_ptr<const Node> left, right;
};

namespace {

using Node = Condition::Node;
using NodePtr = std::shared_ptr<const Node>;

constexpr qsizetype longest = 1000;
constexpr int deepest = 24;

struct Token {
    enum class Kind { Word, Text, Equal, Unequal, Open, Close, End };
    Kind kind = Kind::End;
    QString text;
    qsizetype at = 0; ///< of its first character, from 1
};

Fail wrong(const QString &what, qsizetype at)
{
    return fail(QStringLiteral("playbook.condition"), QStringLiteral("%1 (character %2)").arg(what).arg(at));
}

bool isWordCharacter(QChar c)
{
    return c.unicode() < 128 && (c.isLetterOrNumber() || c == u'_' || c == u'.' || c == u'-');
}

Result<std::vector<Token>> tokens(const QString &text)
{
    std::vector<Token> all;
    qsizetype i = 0;
    while (i < text.size()) {
        const QChar c = text[i];
        const qsizetype at = i + 1;
        if (c.isSpace()) {
            ++i;
        } else if (c == u'(' || c == u')') {
            all.push_back({c == u'(' ? Token::Kind::Open : Token::Kind::Close, QString(c), at});
            ++i;
        } else if ((c == u'=' || c == u'!') && i + 1 < text.size() && text[i + 1] == u'=') {
            all.push_back({c == u'=' ? Token::Kind::Equal : Token::Kind::Unequal, text.mid(i, 2), at});
            i += 2;
        } else if (c == u'\'' || c == u'"') {
            const qsizetype end = text.indexOf(c, i + 1);
            if (end < 0)
                return wrong(QStringLiteral("a text that begins with %1 does not end").arg(c), at);
            all.push_back({Token::Kind::Text, text.mid(i + 1, end - i - 1), at});
            i = end + 1;
        } else if (isWordCharacter(c)) {
            qsizetype end = i;
            while (end < text.size() && isWordCharacter(text[end]))
                ++end;
            all.push_back({Token::Kind::Word, text.mid(i, end - i), at});
            i = end;
        } else {
            return wrong(QStringLiteral("'%1' means nothing here; compare with == or !=, join with and, or, not").arg(c), at);
        }
    }
    all.push_back({Token::Kind::End, {}, text.size() + 1});
    return all;
}

/// Reads by descent, one function a rule of the grammar.
class Reader
{
public:
    explicit Reader(std::vector<Token> tokens) : m_tokens(std::move(tokens)) { }

    std::vector<Condition::Reference> references;
    bool speaksOfStatus = false;

    Result<NodePtr> whole()
    {
        COPPICE_TRY(auto node, any(0));
        if (now().kind != Token::Kind::End)
            return wrong(QStringLiteral("'%1' follows a condition that is whole already").arg(now().text), now().at);
        return node;
    }

private:
    [[nodiscard]] const Token &now() const { return m_tokens[m_at]; }
    bool take(const char *word)
    {
        if (now().kind != Token::Kind::Word || now().text != QLatin1String(word))
            return false;
        ++m_at;
        return true;
    }
    static NodePtr make(Node::Kind kind, NodePtr left, NodePtr right = {})
    {
        return std::make_shared<const Node>(Node{kind, {}, {}, std::move(left), std::move(right)});
    }

    Result<NodePtr> any(int depth)
    {
        COPPICE_TRY(auto node, all(depth));
        while (take("or")) {
            COPPICE_TRY(auto more, all(depth));
            node = make(Node::Kind::Or, node, more);
        }
        return node;
    }

    Result<NodePtr> all(int depth)
    {
        COPPICE_TRY(auto node, factor(depth));
        while (take("and")) {
            COPPICE_TRY(auto more, factor(depth));
            node = make(Node::Kind::And, node, more);
        }
        return node;
    }

    Result<NodePtr> factor(int depth)
    {
        if (depth > deepest)
            return wrong(QStringLiteral("it is nested too deeply"), now().at);
        if (take("not")) {
            COPPICE_TRY(auto node, factor(depth + 1));
            return make(Node::Kind::Not, node);
        }
        if (now().kind == Token::Kind::Open) {
            const qsizetype at = now().at;
            ++m_at;
            COPPICE_TRY(auto node, any(depth + 1));
            if (now().kind != Token::Kind::Close)
                return wrong(QStringLiteral("a bracket is not closed"), at);
            ++m_at;
            return node;
        }
        COPPICE_TRY(auto left, value());
        if (now().kind != Token::Kind::Equal && now().kind != Token::Kind::Unequal)
            return left;
        const auto kind = now().kind == Token::Kind::Equal ? Node::Kind::Equal : Node::Kind::Unequal;
        const qsizetype at = now().at;
        ++m_at;
        COPPICE_TRY(auto right, value());
        if (left->kind == Node::Kind::Failed || right->kind == Node::Kind::Failed)
            return wrong(QStringLiteral("'failed' stands alone and is not compared"), at);
        return make(kind, left, right);
    }

    Result<NodePtr> value()
    {
        const Token token = now();
        if (token.kind != Token::Kind::Word && token.kind != Token::Kind::Text)
            return wrong(token.kind == Token::Kind::End ? QStringLiteral("something is missing at the end")
                                                        : QStringLiteral("a value is missing before '%1'").arg(token.text),
                         token.at);
        ++m_at;
        if (token.kind == Token::Kind::Text)
            return std::make_shared<const Node>(Node{Node::Kind::Text, token.text, {}, {}, {}});
        return word(token);
    }

    Result<NodePtr> word(const Token &token)
    {
        static const QRegularExpression output(QStringLiteral("^outputs\\.([a-z][a-z0-9-]{0,31})\\.([a-z][a-z0-9_]{0,31})\\z"));
        static const QRegularExpression number(QStringLiteral("^-?[0-9]{1,15}(\\.[0-9]{1,15})?\\z"));
        if (const auto match = output.match(token.text); match.hasMatch()) {
            references.push_back({match.captured(1), match.captured(2)});
            return std::make_shared<const Node>(Node{Node::Kind::Output, match.captured(1), match.captured(2), {}, {}});
        }
        if (token.text == QLatin1String("true") || token.text == QLatin1String("false"))
            return std::make_shared<const Node>(Node{Node::Kind::Text, token.text, {}, {}, {}});
        if (token.text == QLatin1String("always") || token.text == QLatin1String("failed")) {
            speaksOfStatus = true;
            return token.text == QLatin1String("always") ? std::make_shared<const Node>(Node{Node::Kind::Text, QStringLiteral("true"), {}, {}, {}})
                                                         : std::make_shared<const Node>(Node{Node::Kind::Failed, {}, {}, {}, {}});
        }
        if (number.match(token.text).hasMatch())
            return std::make_shared<const Node>(Node{Node::Kind::Number, token.text, {}, {}, {}});
        return wrong(QStringLiteral("'%1' is no value; there are outputs.STEP.NAME, 'text', numbers, true, false, always and failed")
                         .arg(token.text.left(80)),
                     token.at);
    }

    std::vector<Token> m_tokens;
    size_t m_at = 0;
};

/// None: it is not there.
std::optional<QString> valueOf(const Node &node, const QJsonObject &outputs)
{
    if (node.kind != Node::Kind::Output)
        return node.text;
    const QJsonValue value = outputs[node.text].toObject()[node.name];
    return value.isUndefined() || value.isNull() ? std::nullopt : std::optional(textOf(value));
}

bool equal(const Node &left, const Node &right, const QJsonObject &outputs)
{
    const auto a = valueOf(left, outputs);
    const auto b = valueOf(right, outputs);
    if (!a || !b)
        return false;
    if (left.kind != Node::Kind::Number && right.kind != Node::Kind::Number)
        return *a == *b;
    bool first = false;
    bool second = false;
    const double x = a->trimmed().toDouble(&first);
    const double y = b->trimmed().toDouble(&second);
    return first && second && x == y;
}

bool truth(const Node &node, const QJsonObject &outputs, bool failed)
{
    switch (node.kind) {
    case Node::Kind::Or:
        return truth(*node.left, outputs, failed) || truth(*node.right, outputs, failed);
    case Node::Kind::And:
        return truth(*node.left, outputs, failed) && truth(*node.right, outputs, failed);
    case Node::Kind::Not:
        return !truth(*node.left, outputs, failed);
    case Node::Kind::Equal:
        return equal(*node.left, *node.right, outputs);
    case Node::Kind::Unequal:
        return !equal(*node.left, *node.right, outputs);
    case Node::Kind::Failed:
        return failed;
    case Node::Kind::Text:
    case Node::Kind::Number:
    case Node::Kind::Output:
        break;
    }
    const QString text = valueOf(node, outputs).value_or(QString()).trimmed();
    return !text.isEmpty() && text != QLatin1String("false");
}

} // namespace

Result<Condition> Condition::parse(const QString &text)
{
    if (text.size() > longest)
        return wrong(QStringLiteral("it has more than %1 characters").arg(longest), longest);
    COPPICE_TRY(auto read, tokens(text));
    Reader reader(std::move(read));
    Condition condition;
    COPPICE_TRY(condition.m_root, reader.whole());
    condition.m_references = std::move(reader.references);
    condition.m_speaksOfStatus = reader.speaksOfStatus;
    return condition;
}

bool Condition::holds(const QJsonObject &outputs, bool failed) const
{
    return truth(*m_root, outputs, failed);
}

} // namespace coppice::playbooks
