using System.Reflection;
using Scoring.Core;
using Scoring.Server.Errors;

namespace Scoring.Server.Tests.Errors;

public sealed class ErrorReferenceTests
{
    private static readonly string Reference = File.ReadAllText(
        Path.Combine(AppContext.BaseDirectory, "limits-and-errors.md")
    );

    public static TheoryData<string> Reasons =>
        [
            .. typeof(ErrorReasons)
                .GetFields(BindingFlags.Public | BindingFlags.Static)
                .Where(constant => constant.Name != nameof(ErrorReasons.Domain))
                .Select(constant => (string)constant.GetRawConstantValue()!),
        ];

    public static TheoryData<string> BoundsOfTheDomain =>
        [.. typeof(Limits).GetFields(BindingFlags.Public | BindingFlags.Static).Select(constant => constant.Name)];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_that_the_code_can_send_is_in_the_reference(string reason) =>
        Assert.Contains($"| `{reason}` |", Reference, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(BoundsOfTheDomain))]
    public void Every_bound_of_the_domain_is_in_the_reference(string bound)
    {
        var value = typeof(Limits).GetField(bound)!.GetRawConstantValue();
        var written = value is double number ? $"{number:0e0}" : $"{value:N0}";
        Assert.Contains($"| {written} | `{bound}` |", Reference, StringComparison.Ordinal);
    }
}
