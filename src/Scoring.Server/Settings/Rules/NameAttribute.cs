using System.ComponentModel.DataAnnotations;

namespace Scoring.Server.Settings.Rules;

/// <summary>Wants a name as workspaces and models have it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NameAttribute() : ValidationAttribute("1 to 64 lower-case letters, digits, '_' or '-'")
{
    public override bool IsValid(object? value) =>
        value is string { Length: >= 1 and <= 64 } text
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
