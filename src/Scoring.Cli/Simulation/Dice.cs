namespace Scoring.Cli.Simulation;

/// <summary>Random numbers that are the same for the same seed on every machine and every version of .NET.</summary>
/// <remarks>SplitMix64 of Steele, Lea and Flood (OOPSLA 2014).</remarks>
/// <param name="seed">Which of many courses.</param>
/// <param name="stream">One stream of numbers among many of one seed.</param>
internal sealed class Dice(ulong seed, ulong stream)
{
    private ulong _state = Mix(seed ^ (stream * 0xD1B54A32D192ED03UL));

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Mix(_state += 0x9E3779B97F4A7C15UL) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0..count-1.</summary>
    public int Next(int count) => (int)(NextDouble() * count);

    public bool Chance(double probability) => NextDouble() < probability;

    /// <summary>Normally distributed with mean 0 and deviation 1 (Box and Muller).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Log-normally distributed: most are small, a few are very large.</summary>
    public double NextLogNormal(double median, double spread) => median * Math.Exp(spread * NextNormal());

    /// <summary>Poisson distributed (Knuth); the mean must be small.</summary>
    public int NextPoisson(double mean)
    {
        var limit = Math.Exp(-mean);
        var count = 0;
        for (var product = NextDouble(); product > limit; product *= NextDouble())
        {
            count++;
        }

        return count;
    }

    /// <summary>One of the items, by weight.</summary>
    public T Pick<T>(IReadOnlyList<(T Item, double Weight)> choices)
    {
        var at = NextDouble() * choices.Sum(choice => choice.Weight);
        foreach (var (item, weight) in choices)
        {
            at -= weight;
            if (at < 0)
            {
                return item;
            }
        }

        return choices[^1].Item;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
