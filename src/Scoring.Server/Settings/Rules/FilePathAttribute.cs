using System.ComponentModel.DataAnnotations;

namespace Scoring.Server.Settings.Rules;

/// <summary>Wants a path of a file or folder, which need not exist.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FilePathAttribute() : ValidationAttribute("a path")
{
    public override bool IsValid(object? value) =>
        value is string { Length: > 0 } path && !path.Contains('\0', StringComparison.Ordinal);
}
