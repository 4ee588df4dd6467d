using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Scoring.Rpc.FuzzTests;

/// <summary>
/// Runs a check on every input of a corpus as it is, then on mutations of them. How many: the environment variable
/// <c>SCORING_FUZZ_INPUTS</c>, by default as many as fit the gate; by which seed: <c>SCORING_FUZZ_SEED</c>.
/// </summary>
/// <remarks>What a failure tells can be put into a file of the corpus, so that it is tried first from then on.</remarks>
internal static class Fuzz
{
    public static readonly int Seed = Setting("SCORING_FUZZ_SEED", 20261122);

    private const int DefaultInputs = 5_000;

    /// <summary>An input of at most 64 KiB takes some milliseconds; what takes so long has something quadratic in it, or worse.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    /// <summary>An input that takes longer is a hang, which nothing but the end of the process can tell of.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    /// <param name="share">The part of the inputs that this target gets: one that is slow gets fewer.</param>
    public static int Inputs(double share = 1) =>
        Math.Max(100, (int)(Setting("SCORING_FUZZ_INPUTS", DefaultInputs) * share));

    public static IEnumerable<byte[]> Of(string corpus, double share, params string[] tokens)
    {
        var seeds = Corpus.Of(corpus).Select(seed => seed.Bytes).ToArray();
        var mutator = new Mutator(seeds, [.. tokens.Select(Encoding.Latin1.GetBytes)]);
        var random = new Random(Seed);
        return seeds.Concat(Enumerable.Range(0, Inputs(share)).Select(_ => mutator.Next(random)));
    }

    /// <summary>Checks inputs one after the other, all on this thread.</summary>
    /// <param name="corpus">The folder of the corpus.</param>
    /// <param name="maxAllocated">The most bytes that one check may allocate, of the length of its input.</param>
    /// <param name="check">Throws if something is wrong; the numbers are the input's own.</param>
    /// <param name="share">See <see cref="Inputs"/>.</param>
    /// <param name="tokens">What means something to the parser.</param>
    public static void Run(
        string corpus,
        Func<int, long> maxAllocated,
        Action<byte[], Random> check,
        double share = 1,
        params string[] tokens
    )
    {
        byte[] current = [];
        using var watch = new Timer(_ => Environment.FailFast(Tell(corpus, current, "hangs")));
        var began = Stopwatch.GetTimestamp();
        var number = 0;
        foreach (var input in Of(corpus, share, tokens))
        {
            current = input;
            if (number % 256 == 0)
            {
                watch.Change(Hang, Timeout.InfiniteTimeSpan);
            }

            var seed = Seed ^ number++;
            var most = maxAllocated(input.Length);
            var allocated = Once(corpus, input, new Random(seed), check);
            if (allocated > most)
            {
                // What is made once in a process, by the input that needs it first, is not made again.
                allocated = Once(corpus, input, new Random(seed), check);
            }

            if (allocated > most)
            {
                Assert.Fail(Tell(corpus, input, $"allocates {allocated} bytes, more than {most}"));
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{corpus}: {number} inputs in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, seed {Seed}"
        );
    }

    public static string Tell(string corpus, byte[] input, string what) =>
        $"corpus/{corpus}, seed {Seed}: an input of {input.Length} bytes {what}"
        + $"{Environment.NewLine}as text: {Encoding.Latin1.GetString(input.AsSpan(0, Math.Min(input.Length, 2000)))}"
        + $"{Environment.NewLine}in base64: {Convert.ToBase64String(input)}";

    /// <summary>Checks an input; gives the bytes that this allocated.</summary>
    private static long Once(string corpus, byte[] input, Random random, Action<byte[], Random> check)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        try
        {
            check(input, random);
        }
        catch (Exception defect)
        {
            Assert.Fail(Tell(corpus, input, $"fails: {defect}"));
        }

        var time = Stopwatch.GetElapsedTime(began);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (time > MaxTime)
        {
            Assert.Fail(Tell(corpus, input, $"takes {time}"));
        }

        return allocated;
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
