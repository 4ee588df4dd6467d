namespace Scoring.Server.Tests.Fuzz;

/// <summary>Damaged inputs: copies of good ones with a few changes; the same seed gives the same inputs.</summary>
internal static class Mutations
{
    /// <summary>How many are made where the gate has the time; SCORING_FUZZ says how many by hand.</summary>
    public static int Count { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("SCORING_FUZZ"), out var count) ? count : 5_000;

    /// <param name="seeds">Good inputs.</param>
    /// <param name="tokens">What means something to the parser, spliced in now and then.</param>
    /// <param name="share">Makes a fraction of them, where each takes a call.</param>
    public static IEnumerable<byte[]> Of(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> tokens, int share = 1)
    {
        var random = new Random(20_261_129);
        for (var i = 0; i < Count / share; i++)
        {
            var input = new List<byte>(seeds[random.Next(seeds.Count)]);
            for (var changes = 1 + random.Next(4); changes > 0; changes--)
            {
                Change(input, tokens, random);
            }
            yield return [.. input];
        }
    }

    private static void Change(List<byte> input, IReadOnlyList<byte[]> tokens, Random random)
    {
        var at = random.Next(input.Count + 1);
        var run = Math.Min(1 + random.Next(8), input.Count - at);
        switch (random.Next(6))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                input.RemoveRange(at, run);
                break;
            case 2:
                input.InsertRange(random.Next(input.Count + 1), input.GetRange(at, run));
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            default:
                input.InsertRange(at, tokens[random.Next(tokens.Count)]);
                break;
        }
    }
}
