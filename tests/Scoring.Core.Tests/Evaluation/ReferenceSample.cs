using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>80 subjects with two scores, 28 of whom something happened to: numbers that R makes in the same way.</summary>
/// <remarks>
/// <code>
/// i &lt;- 0:79
/// happened &lt;- ((i * 7 + (i * i) %% 11) %% 3) == 0
/// noise &lt;- (i * i * 61 + i * 17) %% 101
/// other &lt;- (i * i * 29 + i * 71 + 5) %% 103
/// a &lt;- noise + ifelse(happened, 30, 0) + i / 1000
/// b &lt;- other + ifelse(happened, 20, 0) + noise / 2 + i / 1000
/// </code>
/// </remarks>
internal static class ReferenceSample
{
    /// <summary>The numbers of the subjects.</summary>
    public static readonly int[] Numbers = [.. Enumerable.Range(0, 80)];

    /// <summary>To whom it happened.</summary>
    public static readonly bool[] Happened = [.. Numbers.Select(i => ((i * 7) + (i * i % 11)) % 3 == 0)];

    /// <summary>The better score, without ties.</summary>
    public static readonly double[] A = [.. Numbers.Select(i => Noise(i) + (Happened[i] ? 30 : 0) + (i / 1000.0))];

    /// <summary>The worse score, without ties.</summary>
    public static readonly double[] B =
    [
        .. Numbers.Select(i =>
            (((i * i * 29) + (i * 71) + 5) % 103) + (Happened[i] ? 20 : 0) + (Noise(i) / 2.0) + (i / 1000.0)
        ),
    ];

    /// <summary>The better score in steps: floor(a / 20).</summary>
    public static readonly double[] TiedA = [.. A.Select(a => Math.Floor(a / 20))];

    /// <summary>The worse score in steps: floor(b / 25).</summary>
    public static readonly double[] TiedB = [.. B.Select(b => Math.Floor(b / 25))];

    /// <summary>Outcomes of some scores.</summary>
    public static Outcomes Of(double[] scores) => new(scores, Happened);

    private static int Noise(int i) => ((i * i * 61) + (i * 17)) % 101;
}
