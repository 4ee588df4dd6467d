using System.ComponentModel.DataAnnotations;
using System.Text;
using Scoring.Core;

namespace Scoring.Server.Settings.Rules;

/// <summary>Wants different names as the contract has them for features and event types.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamesAttribute(int max)
    : ValidationAttribute(
        $"at most {max:N0} different names of 1 to {Limits.NameBytes} bytes without control characters"
    )
{
    public override bool IsValid(object? value) =>
        value is IReadOnlyList<string> names
        && names.Count <= max
        && names.Distinct(StringComparer.Ordinal).Count() == names.Count
        && names.All(name =>
            name.Length > 0 && Encoding.UTF8.GetByteCount(name) <= Limits.NameBytes && !UnseenCharacters.AreIn(name)
        );
}
