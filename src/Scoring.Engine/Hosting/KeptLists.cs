using System.Globalization;
using Scoring.Core.Listing;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>The lists that pages are read from, each for a while after it was last read. When they take up too much, the least recently read go.</summary>
/// <param name="time">Whose clock is gone by.</param>
internal sealed class KeptLists(TimeProvider time)
{
    private const long MostBytes = 256L << 20;
    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kept> _lists = [];

    /// <summary>Keeps a list; gives its name.</summary>
    public string Keep(string workspace, string model, Instant readTime, IdList list)
    {
        // Nobody can guess it: who has the name of a list may read it.
        var name = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
        lock (_lock)
        {
            Forget(list.Bytes);
            _lists.Add(name, new(workspace, model, readTime, list) { ReadAt = time.GetTimestamp() });
        }
        return name;
    }

    /// <summary>Some of a list; null when it is kept no more.</summary>
    public ListPart? Read(string name, int offset, int size)
    {
        Kept? kept;
        lock (_lock)
        {
            Forget(bytes: 0);
            if (!_lists.TryGetValue(name, out kept))
            {
                return null;
            }
            kept.ReadAt = time.GetTimestamp();
        }
        lock (kept)
        {
            return kept.Part(offset, size);
        }
    }

    /// <summary>Lets go of lists that nobody has read for long, and of others as long as they leave no room for another one.</summary>
    private void Forget(long bytes)
    {
        foreach (var (name, kept) in _lists.OrderBy(list => list.Value.ReadAt).ToList())
        {
            if (
                time.GetElapsedTime(kept.ReadAt) < LongestIdle
                && _lists.Values.Sum(list => list.List.Bytes) + bytes <= MostBytes
            )
            {
                return;
            }
            _lists.Remove(name);
        }
    }

    private sealed record Kept(string Workspace, string Model, Instant ReadTime, IdList List)
    {
        public long ReadAt { get; set; }

        public ListPart Part(int offset, int size) =>
            new(Workspace, Model, ReadTime, List.Total, List.Ahead, List.Count, List.Page(offset, size));
    }
}
