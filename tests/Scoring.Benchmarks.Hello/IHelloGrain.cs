namespace Scoring.Benchmarks.Hello;

/// <summary>A customer, the way the first page of a tutorial has it.</summary>
public interface IHelloGrain : IGrainWithStringKey
{
    ValueTask RecordAsync(string type);

    ValueTask<double> GetScoreAsync();
}
