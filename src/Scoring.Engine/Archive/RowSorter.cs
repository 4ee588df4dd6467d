namespace Scoring.Engine.Archive;

/// <summary>Gives the events of a customer the file's numbers of types and features, and the order in which they stand in the file.</summary>
internal sealed class RowSorter
{
    private const int Unknown = -1;
    private IArchiveNames? _names;
    private int[] _types = [];
    private int[] _features = [];
    private Key[] _keys = [];
    private ArchivedEvent[] _sorted = [];

    /// <summary>The events by type and time of occurrence; until the next are sorted.</summary>
    public ReadOnlySpan<ArchivedEvent> Sort(
        int row,
        ReadOnlySpan<ArchivedEvent> events,
        IArchiveNames names,
        IndexWriter index
    )
    {
        if (_names != names)
        {
            _names = names;
            Array.Fill(_types, Unknown);
            Array.Fill(_features, Unknown);
        }
        if (_keys.Length < events.Length)
        {
            var length = Math.Max(events.Length, _keys.Length * 2);
            (_keys, _sorted) = (new Key[length], new ArchivedEvent[length]);
        }
        for (var i = 0; i < events.Length; i++)
        {
            _keys[i] = new(TypeOf(events[i].Type, index), i, events[i].OccurredAt.Ticks);
        }
        var keys = _keys.AsSpan(0, events.Length);
        keys.Sort(default(InOrder));
        for (var i = 0; i < keys.Length; i++)
        {
            ref readonly var item = ref events[keys[i].At];
            _sorted[i] = item with { Row = row, Type = keys[i].Type, Feature = FeatureOf(item.Feature, index) };
        }
        return _sorted.AsSpan(0, events.Length);
    }

    private int TypeOf(int number, IndexWriter index)
    {
        ref var known = ref Known(ref _types, number);
        return known != Unknown ? known : known = index.EventTypes.NumberOf(_names!.EventType(number));
    }

    private int FeatureOf(int number, IndexWriter index)
    {
        if (number < 0)
        {
            return ArchivedEvent.NoName;
        }
        ref var known = ref Known(ref _features, number);
        return known != Unknown ? known : known = index.Features.NumberOf(_names!.Feature(number));
    }

    private static ref int Known(ref int[] numbers, int number)
    {
        if (number >= numbers.Length)
        {
            var before = numbers.Length;
            Array.Resize(ref numbers, Math.Max(number + 1, before * 2));
            numbers.AsSpan(before).Fill(Unknown);
        }
        return ref numbers[number];
    }

    /// <summary>By what events are ordered.</summary>
    private readonly record struct Key(int Type, int At, long Occurred);

    /// <summary>The order of events; of those alike, the first one comes first.</summary>
    private readonly struct InOrder : IComparer<Key>
    {
        public int Compare(Key x, Key y) =>
            x.Type != y.Type ? x.Type.CompareTo(y.Type)
            : x.Occurred != y.Occurred ? x.Occurred.CompareTo(y.Occurred)
            : x.At.CompareTo(y.At);
    }
}
