using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Names;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

// The names that there may be only so many of: event types, features, keys of attributes.
public sealed partial class Population
{
    private const byte NamesVersionStored = 1;
    private const byte NamesWithFence = 2;
    private readonly BoundedNames _types;
    private readonly BoundedNames _features;
    private Instant _dayStart = Instant.MinValue;
    private int _day;

    /// <summary>Changes with what <see cref="WriteNames"/> writes.</summary>
    public int NamesVersion { get; private set; }

    /// <summary>The event types and features that have room always, because a model or setting uses them.</summary>
    public IEnumerable<KnownName> ReservedNames =>
        [
            .. _types.Reserved.Select(name => new KnownName(NameKind.EventType, name)),
            .. _features.Reserved.Select(name => new KnownName(NameKind.Feature, name)),
        ];

    /// <summary>The names there are, what is known of their use, but not what uses them.</summary>
    public IEnumerable<NameUse> Names =>
        [
            .. _schema.EventTypes.Names.Select(name => new NameUse(
                new(NameKind.EventType, name),
                _types.LastDayOf(_schema.EventTypes.Find(name)),
                _cohorts.CustomersOf(_schema.EventTypes.Find(name)),
                []
            )),
            .. _schema.Features.Names.Select(name => new NameUse(
                new(NameKind.Feature, name),
                _features.LastDayOf(_schema.Features.Find(name)),
                Holders: null,
                []
            )),
            .. _attributes.Keys.Select(key => new NameUse(
                new(NameKind.CustomerAttribute, key),
                _attributes.LastDayOf(key),
                _attributes.HoldersOf(key),
                []
            )),
        ];

    /// <summary>How much of the room for names is taken. Readable from any thread.</summary>
    public IEnumerable<NameRoom> NameRooms =>
        [
            new(NameKind.EventType, _types.Unreserved, _bounds.EventTypes),
            new(NameKind.Feature, _features.Unreserved, _bounds.Features),
            new(NameKind.CustomerAttribute, _attributes.Keys.Count, _bounds.AttributeKeys),
        ];

    /// <summary>Says which event types and features have room always; others that had it lose it.</summary>
    public void Reserve(IReadOnlyCollection<KnownName> names)
    {
        _types.Reserved = [.. names.Where(n => n.Kind == NameKind.EventType).Select(n => n.Name)];
        _features.Reserved = [.. names.Where(n => n.Kind == NameKind.Feature).Select(n => n.Name)];
        NamesVersion++;
    }

    /// <summary>Begins to remove names and all that customers have under them: <see cref="Remove"/> of every row and <see cref="EndRemoval"/> follow.</summary>
    public NameRemoval BeginRemoval(IReadOnlyCollection<KnownName> names)
    {
        var removal = new NameRemoval(
            Numbers(NameKind.EventType, _schema.EventTypes),
            Numbers(NameKind.Feature, _schema.Features),
            [.. names.Where(n => n.Kind == NameKind.CustomerAttribute).Select(n => n.Name)],
            names
        );
        _columns.Forget(names);
        NamesVersion++;
        return removal;

        HashSet<int> Numbers(NameKind kind, SymbolTable table) =>
            [.. names.Where(n => n.Kind == kind).Select(n => table.Find(n.Name)).Where(number => number >= 0)];
    }

    /// <summary>Removes names from a row; false when it had none of them.</summary>
    public bool Remove(NameRemoval removal, int row)
    {
        var changed = false;
        foreach (var key in removal.Attributes)
        {
            changed |= _attributes.Remove(row, key);
        }
        if (changed)
        {
            MoveToItsCohort(row);
        }
        if (removal.Types.Count + removal.Features.Count == 0)
        {
            return changed;
        }
        var facts = _facts[row];
        if (_loaded.Length < facts.Length)
        {
            Array.Resize(ref _loaded, facts.Length * 2);
        }
        var length = facts.CopyWithout(_loaded, removal.Types, removal.Features);
        if (length < facts.Length)
        {
            _cohorts.TotalsOf(row).Subtract(facts);
            _facts.Set(row, _loaded.AsSpan(0, length));
            _cohorts.TotalsOf(row).Add(_facts[row]);
            changed = true;
        }
        GC.KeepAlive(this);
        return changed;
    }

    /// <summary>Gives up the names that no row has any more.</summary>
    public void EndRemoval(NameRemoval removal)
    {
        // Who read meanwhile, by a version that uses them, has made columns of rows that had them still.
        _columns.Forget(removal.Names);
        Drop(removal.Types, removal.Features);
    }

    /// <summary>Gives up all names that no row has.</summary>
    public void DropUnusedNames() =>
        DropUnused(
            Enumerable.Range(0, _schema.EventTypes.Count).ToHashSet(),
            Enumerable.Range(0, _schema.Features.Count).ToHashSet()
        );

    /// <summary>Gives up those of a deleted customer's event types and features that no row has any more.</summary>
    public void DropUnusedNames(NameRemoval ofDeleted) => DropUnused([.. ofDeleted.Types], [.. ofDeleted.Features]);

    /// <summary>Writes in their stored form which names have room always, and when each was last received; before them, once there was one, the number of the newest merge.</summary>
    public void WriteNames(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(MergeFence == 0 ? NamesVersionStored : NamesWithFence);
        if (MergeFence > 0)
        {
            writer.Int64(MergeFence);
        }
        KnownName[] reserved = [.. ReservedNames];
        writer.Count(reserved.Length);
        foreach (var (kind, name) in reserved)
        {
            writer.Byte((byte)kind);
            writer.Text(name);
        }
        NameUse[] dated = [.. Names.Where(name => name.LastDay is not null)];
        writer.Count(dated.Length);
        foreach (var use in dated)
        {
            writer.Byte((byte)use.Name.Kind);
            writer.Text(use.Name.Name);
            writer.Int32(use.LastDay!.Value);
        }
    }

    /// <summary>Takes over what <see cref="WriteNames"/> wrote, the customers being there.</summary>
    /// <exception cref="InvalidDataException">It is nothing of the kind.</exception>
    public void LoadNames(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        switch (reader.Byte())
        {
            case NamesVersionStored:
                break;
            case NamesWithFence:
                RaiseMergeFence(reader.Int64());
                break;
            case var version:
                throw new InvalidDataException($"Names are stored in version {version}; this program reads 1 and 2.");
        }
        var reserved = new List<KnownName>();
        for (var left = reader.Count(); left > 0; left--)
        {
            reserved.Add(new((NameKind)reader.Byte(), reader.String()));
        }
        Reserve(reserved);
        for (var left = reader.Count(); left > 0; left--)
        {
            Use(new((NameKind)reader.Byte(), reader.String()), reader.Int32());
        }
    }

    private void Use(KnownName name, int day)
    {
        if (name.Kind == NameKind.CustomerAttribute)
        {
            _attributes.Use(name.Name, day);
            return;
        }
        var (names, table) =
            name.Kind == NameKind.EventType ? (_types, _schema.EventTypes) : (_features, _schema.Features);
        if (table.Find(name.Name) is var number and >= 0)
        {
            names.Use(number, day);
        }
    }

    private void DropUnused(HashSet<int> types, HashSet<int> features)
    {
        // Most names are found soon.
        for (var row = 0; row < Rows && types.Count + features.Count > 0; row++)
        {
            TakeOut(_facts[row], types, features);
        }
        GC.KeepAlive(this);
        if (types.Count + features.Count > 0)
        {
            _columns.Forget([
                .. types
                    .Where(_schema.EventTypes.Has)
                    .Select(type => new KnownName(NameKind.EventType, _schema.EventTypes[type])),
                .. features
                    .Where(_schema.Features.Has)
                    .Select(feature => new KnownName(NameKind.Feature, _schema.Features[feature])),
            ]);
            Drop(types, features);
        }
    }

    private static void TakeOut(FactsView facts, HashSet<int> types, HashSet<int> features)
    {
        foreach (var series in facts.Series)
        {
            types.Remove(series.EventType);
        }
        foreach (var word in facts.Features)
        {
            features.Remove(new FeatureUse(word).Feature);
        }
    }

    private void Drop(IReadOnlySet<int> types, IReadOnlySet<int> features)
    {
        if (types.Count > 0)
        {
            _schema.EventTypes = _types.Remove(types);
        }
        if (features.Count > 0)
        {
            _schema.Features = _features.Remove(features);
        }
        NamesVersion++;
    }

    /// <summary>Notes the day on which an event's type and feature were received.</summary>
    private void NoteUse(int type, int feature, Instant receivedAt)
    {
        if ((ulong)(receivedAt.Ticks - _dayStart.Ticks) >= TimeSpan.TicksPerDay)
        {
            _day = receivedAt.UtcDay;
            _dayStart = new Instant(_day * TimeSpan.TicksPerDay);
        }
        if (_types.Use(type, _day) | (feature >= 0 && _features.Use(feature, _day)))
        {
            NamesVersion++;
        }
    }
}
