using System.Text;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;
using Superpower.Tokenizers;

namespace Scoring.Core.Filters;

/// <summary>Reads what a filter is written in.</summary>
/// <remarks>
/// Grammar, after Google's AIP-160, in which OR binds tighter than AND:
/// <code>
/// filter = term { "AND" term }
/// term   = factor { "OR" factor }
/// factor = "NOT" factor | "(" filter ")" | clause
/// clause = name [ "(" value { "," value } ")" ] [ operator value | "IN" "(" value { "," value } ")" ]
/// </code>
/// </remarks>
internal static class FilterParser
{
    private static readonly TextParser<TextSpan> Word = Span.MatchedBy(
        Character
            .Matching(c => char.IsAsciiLetter(c) || c == '_', "name")
            .IgnoreThen(Character.Matching(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.', "name").Many())
    );

    private static readonly TextParser<TextSpan> Literal = Span.MatchedBy(
        Character
            .In('-', '+')
            .Optional()
            .IgnoreThen(Character.Digit)
            .IgnoreThen(
                Character.Matching(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '+' or '-', "digit").Many()
            )
    );

    private static readonly TextParser<TextSpan> Quoted = Span.MatchedBy(InQuotes('"').Or(InQuotes('\'')));

    private static readonly Tokenizer<FilterToken> Tokenizer = new TokenizerBuilder<FilterToken>()
        .Ignore(Span.WhiteSpace)
        .Match(Span.EqualTo("AND"), FilterToken.And, requireDelimiters: true)
        .Match(Span.EqualTo("OR"), FilterToken.Or, requireDelimiters: true)
        .Match(Span.EqualTo("NOT"), FilterToken.Not, requireDelimiters: true)
        .Match(Span.EqualTo("IN"), FilterToken.In, requireDelimiters: true)
        .Match(Word, FilterToken.Word)
        .Match(Literal, FilterToken.Literal)
        .Match(Quoted, FilterToken.Text)
        .Match(Span.EqualTo("!=").Or(Span.EqualTo("<=")).Or(Span.EqualTo(">=")), FilterToken.Operator)
        .Match(Character.In('=', '<', '>', ':'), FilterToken.Operator)
        .Match(Character.EqualTo('*'), FilterToken.Word)
        .Match(Character.EqualTo('('), FilterToken.Open)
        .Match(Character.EqualTo(')'), FilterToken.Close)
        .Match(Character.EqualTo(','), FilterToken.Comma)
        .Build();

    private static readonly TokenListParser<FilterToken, FilterWord> Name = Token
        .EqualTo(FilterToken.Word)
        .Select(WordOf)
        .Named("name of a field");

    private static readonly TokenListParser<FilterToken, FilterWord> Value = Token
        .EqualTo(FilterToken.Text)
        .Or(Token.EqualTo(FilterToken.Literal))
        .Or(Token.EqualTo(FilterToken.Word))
        .Select(WordOf)
        .Named("value");

    private static readonly TokenListParser<FilterToken, FilterWord[]> Values = Value
        .AtLeastOnceDelimitedBy(Token.EqualTo(FilterToken.Comma))
        .Between(Token.EqualTo(FilterToken.Open), Token.EqualTo(FilterToken.Close));

    private static readonly TokenListParser<FilterToken, (FilterWord? Operator, FilterWord[] Values)> Comparison = Token
        .EqualTo(FilterToken.Operator)
        .Then(sign => Value.Select(value => ((FilterWord?)WordOf(sign), new[] { value })))
        .Or(Token.EqualTo(FilterToken.In).Then(sign => Values.Select(values => ((FilterWord?)WordOf(sign), values))));

    private static readonly TokenListParser<FilterToken, FilterSyntax> Clause =
        from name in Name
        from arguments in Values.AsNullable().OptionalOrDefault()
        from comparison in arguments is null ? Comparison : Comparison.OptionalOrDefault((null, []))
        select (FilterSyntax)new FilterSyntax.Clause(name, arguments, comparison.Operator, comparison.Values);

    private static readonly TokenListParser<FilterToken, FilterSyntax> Factor = Token
        .EqualTo(FilterToken.Not)
        .IgnoreThen(Parse.Ref(() => Factor!))
        .Select(part => (FilterSyntax)new FilterSyntax.Not(part))
        .Or(Parse.Ref(() => Whole!).Between(Token.EqualTo(FilterToken.Open), Token.EqualTo(FilterToken.Close)))
        .Or(Clause);

    private static readonly TokenListParser<FilterToken, FilterSyntax> Term = Factor
        .AtLeastOnceDelimitedBy(Token.EqualTo(FilterToken.Or))
        .Select(parts => parts is [var only] ? only : new FilterSyntax.Any(parts));

    private static readonly TokenListParser<FilterToken, FilterSyntax> Whole = Term.AtLeastOnceDelimitedBy(
            Token.EqualTo(FilterToken.And)
        )
        .Select(parts => parts is [var only] ? only : new FilterSyntax.All(parts));

    private static readonly TokenListParser<FilterToken, FilterSyntax> ToTheEnd = Whole.AtEnd();

    /// <summary>Reads a filter; null where it is empty.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, with line, column and what was expected there.</exception>
    public static FilterSyntax? Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > Limits.FilterBytes)
        {
            throw FilterMistake.Of($"is longer than {Limits.FilterBytes:N0} bytes");
        }
        var tokens = Tokenizer.TryTokenize(text);
        if (!tokens.HasValue)
        {
            throw FilterMistake.At(
                tokens.ErrorPosition.Line,
                tokens.ErrorPosition.Column,
                $"{tokens.FormatErrorMessageFragment()}; quote what is no plain word or number"
            );
        }
        if (!tokens.Value.Any())
        {
            return null;
        }
        ThrowIfDeep(tokens.Value);
        var read = ToTheEnd.TryParse(tokens.Value);
        return read.HasValue ? read.Value : throw Unexpected(read);
    }

    private static ScoringException Unexpected(TokenListParserResult<FilterToken, FilterSyntax> read)
    {
        // What may follow a whole filter, the library does not tell.
        var next = read.Expectations is null or [] ? ", expected `AND`, `OR` or the end" : "";
        var place = read.ErrorPosition;
        return FilterMistake.At(place.Line, place.Column, read.FormatErrorMessageFragment() + next);
    }

    /// <summary>Each level takes stack.</summary>
    private static void ThrowIfDeep(TokenList<FilterToken> tokens)
    {
        var (open, negations) = (0, 0);
        foreach (var token in tokens)
        {
            open += token.Kind switch
            {
                FilterToken.Open => 1,
                FilterToken.Close => -1,
                _ => 0,
            };
            negations = token.Kind is FilterToken.Not or FilterToken.Open ? negations + 1 : 0;
            if (open > Limits.FilterDepth || negations > Limits.FilterDepth)
            {
                throw FilterMistake.At(
                    token.Position.Line,
                    token.Position.Column,
                    $"more than {Limits.FilterDepth} levels of parentheses and NOT"
                );
            }
        }
    }

    private static TextParser<char[]> InQuotes(char quote) =>
        Character
            .EqualTo('\\')
            .IgnoreThen(Character.In('"', '\'', '\\'))
            .Or(Character.Matching(c => c != quote && c != '\\', "character"))
            .Many()
            .Between(Character.EqualTo(quote), Character.EqualTo(quote));

    private static FilterWord WordOf(Token<FilterToken> token)
    {
        var text = token.ToStringValue();
        var isQuoted = token.Kind == FilterToken.Text;
        return new(isQuoted ? Unescaped(text) : text, isQuoted, token.Position.Line, token.Position.Column);
    }

    private static string Unescaped(string quoted)
    {
        var text = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            text.Append(quoted[i] == '\\' ? quoted[++i] : quoted[i]);
        }
        return text.ToString();
    }
}
