namespace Scoring.Benchmarks.Hello;

/// <summary>Counts the events of a customer by type, in memory alone.</summary>
public sealed class HelloGrain : Grain, IHelloGrain
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public ValueTask RecordAsync(string type)
    {
        _counts[type] = _counts.GetValueOrDefault(type) + 1;
        return ValueTask.CompletedTask;
    }

    public ValueTask<double> GetScoreAsync() => ValueTask.FromResult((double)_counts.Values.Sum());
}
