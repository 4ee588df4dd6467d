using System.Runtime.InteropServices;
using Scoring.Core.Time;
using Scoring.Engine.Duplicates;

namespace Scoring.Engine.Moving;

/// <summary>Event ids of several partitions, put into the windows of others.</summary>
/// <remarks>
/// From its key it cannot be told whose event it was, so every partition that may have the customer gets every id. Where a move before did the same,
/// several have the same one.
/// </remarks>
/// <param name="expected">How many there are, more or less.</param>
internal sealed class MergedEventIds(long expected)
{
    private readonly List<RememberedEvent> _ids = new((int)Math.Min(expected, Array.MaxLength));

    /// <summary>When the newest was received; <see cref="Instant.MinValue"/> for none.</summary>
    public Instant NewestReceipt { get; private set; } = Instant.MinValue;

    /// <summary>Adds those of a partition.</summary>
    public void Add(DuplicateWindow window)
    {
        _ids.AddRange(window.Ids());
        if (window.Count > 0)
        {
            NewestReceipt = Instant.Max(NewestReceipt, new Instant(_ids[^1].ReceivedTicks));
        }
    }

    /// <summary>Puts all of them into windows, in the order of receipt; where there are too many, the newest.</summary>
    public void WriteTo(IEnumerable<DuplicateWindow> windows)
    {
        RemoveRepeated();
        foreach (var window in windows)
        {
            window.StartAt(head: 0, _ids.Count);
            foreach (var id in _ids)
            {
                window.Add(new(id.Key, id.Content), new Instant(id.ReceivedTicks));
            }
        }
    }

    /// <summary>Leaves of several with one key the newest, and all in the order of receipt.</summary>
    private void RemoveRepeated()
    {
        _ids.Sort((one, other) => ByKey(one, other) is var order and not 0 ? order : ByReceipt(one, other));
        var kept = 0;
        for (var i = 0; i < _ids.Count; i++)
        {
            if (i + 1 == _ids.Count || _ids[i].Key != _ids[i + 1].Key)
            {
                _ids[kept++] = _ids[i];
            }
        }
        CollectionsMarshal.SetCount(_ids, kept);
        _ids.Sort((one, other) => ByReceipt(one, other) is var order and not 0 ? order : ByKey(one, other));
    }

    private static int ByKey(in RememberedEvent one, in RememberedEvent other) => one.Key.CompareTo(other.Key);

    private static int ByReceipt(in RememberedEvent one, in RememberedEvent other) =>
        one.ReceivedTicks.CompareTo(other.ReceivedTicks);
}
