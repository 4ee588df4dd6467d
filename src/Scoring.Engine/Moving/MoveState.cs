using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Moving;

/// <summary>How far a move is: a document of the store that is being made, until it is whole.</summary>
/// <param name="Source">What the store that is moved is called in messages.</param>
/// <param name="Fingerprint">Tells it, and what was recorded in it, from every other.</param>
/// <param name="Classes">Classes of partitions that are written, in their order.</param>
/// <param name="Sum">What was read from it for them, and the event ids that were written.</param>
internal sealed record MoveState(string Source, ulong Fingerprint, int Classes, StoreSum Sum)
{
    public void Write(BlobWriter target)
    {
        target.Text(Source);
        target.Int64(unchecked((long)Fingerprint));
        target.Int32(Classes);
        Sum.Write(target);
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static MoveState Read(IEnumerable<StoredWorkspace> workspaces, ref BlobReader reader) =>
        new(reader.Text(), unchecked((ulong)reader.Int64()), reader.Int32(), StoreSum.Read(workspaces, ref reader));
}
