using System.Text.Json;
using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>What was told of the past of segments, question by question. When it takes up too much, the least recently asked go.</summary>
internal sealed class KeptHistories
{
    // One takes about two kilobytes.
    private const int MostPoints = 16_384;
    private const int MostQuestions = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (KeptHistory History, long AskedAt)> _histories = [];
    private long _asked;

    /// <summary>What was told of a question, whatever instants it asked for.</summary>
    public KeptHistory Of(SegmentHistoryQuery query)
    {
        var key = JsonSerializer.Serialize(query with { Query = query.Query with { ReadTime = null }, Times = [] });
        lock (_lock)
        {
            var history = _histories.TryGetValue(key, out var found) ? found.History : new KeptHistory();
            _histories[key] = (history, ++_asked);
            return history;
        }
    }

    /// <summary>Lets go of what was asked longest ago, if there is too much.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            while (_histories.Count > MostQuestions || _histories.Values.Sum(of => of.History.Count) > MostPoints)
            {
                _histories.Remove(_histories.MinBy(of => of.Value.AskedAt).Key);
            }
        }
    }
}
