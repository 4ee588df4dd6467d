using System.Buffers;
using Scoring.Core.Serialization;

namespace Scoring.Core.Evaluation;

/// <summary>What the customers of one partition, or of several, add to an evaluation.</summary>
public sealed class EvaluationPart
{
    private readonly int _models;

    /// <param name="cutOffs">How many cut-offs there are.</param>
    /// <param name="models">How many models.</param>
    public EvaluationPart(int cutOffs, int models)
        : this([.. Enumerable.Range(0, cutOffs).Select(_ => new CutOffRows(models))], models) { }

    private EvaluationPart(CutOffRows[] cutOffs, int models) => (CutOffs, _models) = (cutOffs, models);

    /// <summary>How many customers were looked through, whether or not they belong to a cut-off.</summary>
    public int Customers { get; internal set; }

    /// <summary>The customers of each cut-off.</summary>
    public IReadOnlyList<CutOffRows> CutOffs { get; }

    /// <summary>Of each event type that the models look at, when its events occur.</summary>
    internal SortedDictionary<string, TypeTiming> Types { get; } = new(StringComparer.Ordinal);

    /// <summary>Adds what other customers add.</summary>
    public void Add(EvaluationPart other)
    {
        for (var i = 0; i < CutOffs.Count; i++)
        {
            CutOffs[i].Add(other.CutOffs[i], Customers);
        }
        foreach (var (type, timing) in other.Types)
        {
            Add(type, timing);
        }
        Customers = checked(Customers + other.Customers);
    }

    internal void Add(string type, TypeTiming timing) => Types[type] = Types.GetValueOrDefault(type) + timing;

    /// <summary>The form in which it is sent.</summary>
    public byte[] Write()
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        writer.Count(_models);
        writer.Count(Customers);
        writer.Count(Types.Count);
        foreach (var (type, timing) in Types)
        {
            writer.Text(type);
            writer.Int64(timing.After);
            writer.Int64(timing.Otherwise);
        }
        writer.Count(CutOffs.Count);
        foreach (var rows in CutOffs)
        {
            rows.Write(ref writer);
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads the form in which it is sent.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static EvaluationPart Read(ReadOnlySpan<byte> sent)
    {
        var reader = new RecordReader(sent);
        var (models, customers) = (reader.Count(), reader.Count());
        var types = new (string Name, TypeTiming Timing)[reader.Count()];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = (reader.String(), new(reader.Int64(), reader.Int64()));
        }
        var cutOffs = new CutOffRows[reader.Count()];
        for (var i = 0; i < cutOffs.Length; i++)
        {
            cutOffs[i] = CutOffRows.Read(ref reader, models);
        }
        var part = new EvaluationPart(cutOffs, models) { Customers = customers };
        foreach (var (name, timing) in types)
        {
            part.Add(name, timing);
        }
        return reader.AtEnd ? part : throw new InvalidDataException("There is more than an evaluation has.");
    }
}
