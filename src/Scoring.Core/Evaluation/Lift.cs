namespace Scoring.Core.Evaluation;

/// <summary>A tenth of the subjects, by their scores.</summary>
/// <param name="Count">How many rows are in it.</param>
/// <param name="Positives">How many of them it happened to. Rows of equal scores on both sides of a border are shared out evenly, so it need not be a whole number.</param>
/// <param name="Value">Its rate divided by the rate of all: 3 says that it happens three times as often as to anybody.</param>
/// <param name="Captured">The share of all that it happened to, that is in this tenth or one before it.</param>
public readonly record struct Lift(int Count, double Positives, double Value, double Captured)
{
    private const int Tenths = 10;

    /// <summary>The tenths, the likeliest first; none when it happened to nobody, or there are fewer than ten rows.</summary>
    public static IReadOnlyList<Lift> Of(Outcomes outcomes)
    {
        if (outcomes.Positives == 0 || outcomes.Count < Tenths)
        {
            return [];
        }
        var positives = new double[Tenths];
        var rows = outcomes.ByFallingScore();
        for (var start = 0; start < rows.Length; )
        {
            var (end, found) = (start, 0);
            for (; end < rows.Length && outcomes.Scores[rows[end]] == outcomes.Scores[rows[start]]; end++)
            {
                found += outcomes.Happened[rows[end]] ? 1 : 0;
            }
            for (var tenth = 0; found > 0 && tenth < Tenths; tenth++)
            {
                var shared = Math.Min(end, End(tenth, rows.Length)) - Math.Max(start, End(tenth - 1, rows.Length));
                positives[tenth] += (double)found * Math.Max(shared, 0) / (end - start);
            }
            start = end;
        }
        var (lifts, captured) = (new Lift[Tenths], 0.0);
        for (var tenth = 0; tenth < Tenths; tenth++)
        {
            var count = End(tenth, rows.Length) - End(tenth - 1, rows.Length);
            captured += positives[tenth];
            lifts[tenth] = new(
                count,
                positives[tenth],
                positives[tenth] / count / outcomes.Positives * rows.Length,
                captured / outcomes.Positives
            );
        }
        return lifts;
    }

    private static int End(int tenth, int rows) => (int)((tenth + 1L) * rows / Tenths);
}
