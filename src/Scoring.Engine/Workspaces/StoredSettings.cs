using Scoring.Engine.Duplicates;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>What the meaning of log entries depends on. Every partition's state says by which of these its entries behind the checkpoint are applied.</summary>
/// <param name="Window">How long event ids are remembered.</param>
/// <param name="Workspaces">The workspaces by number.</param>
internal sealed record StoredSettings(WindowBounds Window, IReadOnlyList<StoredWorkspace> Workspaces)
{
    /// <summary>Whether entries mean the same by others.</summary>
    public bool MeansTheSameAs(StoredSettings other) =>
        BlobWriter.Encode(Write).AsSpan().SequenceEqual(BlobWriter.Encode(other.Write));

    public void Write(BlobWriter target)
    {
        target.Int64(Window.Age.Ticks);
        target.Int32(Window.Minimum);
        target.Int32(Window.Maximum);
        target.Int32(Workspaces.Count);
        foreach (var workspace in Workspaces)
        {
            workspace.Write(target);
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoredSettings Read(ref BlobReader reader)
    {
        var window = new WindowBounds(new TimeSpan(reader.Int64()), reader.Int32(), reader.Int32());
        return new(window, reader.Many(reader.Int32(), StoredWorkspace.Read));
    }
}
