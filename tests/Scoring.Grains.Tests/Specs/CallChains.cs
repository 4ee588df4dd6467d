using System.Collections.Concurrent;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Sees every call to a grain together with the grains that are waiting for it.</summary>
internal sealed class CallChains : IIncomingGrainCallFilter
{
    private const string Key = "scoring.tests.chain";

    private readonly ConcurrentDictionary<string, bool> _chains = new(StringComparer.Ordinal);

    /// <summary>The chains of calls that were seen, as types of grains.</summary>
    public IEnumerable<string> Seen => _chains.Where(chain => !chain.Value).Select(chain => chain.Key);

    /// <summary>Those in which a grain was called by whom it was waiting for.</summary>
    public IEnumerable<string> Callbacks => _chains.Where(chain => chain.Value).Select(chain => chain.Key);

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var outer = RequestContext.Get(Key) as string ?? "";
        string[] waiting = outer.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var called = context.TargetId.ToString().Replace(' ', '_');
        var chain = string.Join(" > ", waiting.Append(called).Select(grain => grain.Split('/')[0]));
        if (chain.Contains("scoring.", StringComparison.Ordinal))
        {
            _chains.TryAdd(chain, waiting.Contains(called));
        }
        RequestContext.Set(Key, $"{outer} {called}");
        try
        {
            await context.Invoke();
        }
        finally
        {
            RequestContext.Set(Key, outer);
        }
    }
}
