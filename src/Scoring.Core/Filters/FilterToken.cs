using Superpower.Display;

namespace Scoring.Core.Filters;

/// <summary>What a filter is written in. The words are those that its errors use.</summary>
internal enum FilterToken
{
    [Token(Description = "unreadable character")]
    None,

    [Token(Description = "word")]
    Word,

    [Token(Description = "number, duration or instant")]
    Literal,

    [Token(Description = "quoted text")]
    Text,

    [Token(Example = "AND")]
    And,

    [Token(Example = "OR")]
    Or,

    [Token(Example = "NOT")]
    Not,

    [Token(Example = "IN")]
    In,

    [Token(Category = "operator")]
    Operator,

    [Token(Example = "(")]
    Open,

    [Token(Example = ")")]
    Close,

    [Token(Example = ",")]
    Comma,
}
