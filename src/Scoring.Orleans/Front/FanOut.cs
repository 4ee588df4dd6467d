using Scoring.Cluster.Messages;

namespace Scoring.Cluster.Front;

/// <summary>Calls many grains at once, wherever they are.</summary>
internal sealed class FanOut(ClusterOptions options)
{
    /// <summary>Calls the grain of each part once, and says of each what came of it.</summary>
    public async Task<TAnswer[]> CallAsync<T, TAnswer>(T[] parts, PartedCall<T, TAnswer> call)
        where TAnswer : IAnswer<TAnswer>
    {
        var answers = Array.ConvertAll(parts, part => OnceAsync(call.CallAsync(part)));
        // Sooner than whoever asked another silo gives up, who would know nothing of those that are done.
        try
        {
            return await Task.WhenAll(answers).WaitAsync(options.CallTimeout * 0.4);
        }
        catch (TimeoutException e)
        {
            return Array.ConvertAll(
                answers,
                answer => answer.IsCompletedSuccessfully ? answer.Result : TAnswer.None(e)
            );
        }
    }

    private static async Task<TAnswer> OnceAsync<TAnswer>(Task<TAnswer> call)
        where TAnswer : IAnswer<TAnswer>
    {
        try
        {
            return await call;
        }
        catch (Exception e) when (CustomerCalls.IsOfTheCluster(e))
        {
            return TAnswer.None(e);
        }
    }
}
