using Scoring.Core.Names;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The stored form of names: one after the other, each after its kind.</summary>
internal static class NamesCodec
{
    public static void Write(BlobWriter target, IEnumerable<KnownName> names)
    {
        foreach (var (kind, name) in names)
        {
            target.Byte((byte)kind);
            target.Text(name);
        }
    }

    public static List<KnownName> Read(ReadOnlySpan<byte> source)
    {
        var names = new List<KnownName>();
        for (var reader = new BlobReader(source); !reader.AtEnd; )
        {
            names.Add(new((NameKind)reader.Byte(), reader.Text()));
        }
        return names;
    }
}
