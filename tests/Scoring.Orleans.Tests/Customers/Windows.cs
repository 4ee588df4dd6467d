using Scoring.Cluster.Customers;
using Scoring.Core.Time;

namespace Scoring.Cluster.Tests;

/// <summary>Fills windows and looks into them.</summary>
internal static class Windows
{
    public static void Add(EventIdWindow window, Instant received, params string[] ids)
    {
        using var batch = Samples.Batch([.. ids.Select(id => new Sample("a", id))]);
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            window.Add(item, received);
        }
    }

    public static bool? Find(EventIdWindow window, string id, double value = 1)
    {
        using var batch = Samples.Batch([new Sample("a", id, Value: value)]);
        var item = batch.GetEnumerator();
        item.MoveNext();
        return window.Find(item);
    }
}
