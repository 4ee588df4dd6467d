using System.ComponentModel.DataAnnotations;

namespace Scoring.Server.Settings.Rules;

/// <summary>Wants half-lives of a workspace.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HalfLivesAttribute()
    : ValidationAttribute("1 to 8 rising whole numbers of days, each 1 to 3,650, such as 7,30")
{
    public override bool IsValid(object? value) =>
        value is IReadOnlyList<int> { Count: >= 1 and <= 8 } days
        && days.All(day => day is >= 1 and <= 3_650)
        && days.Zip(days.Skip(1)).All(pair => pair.First < pair.Second);
}
