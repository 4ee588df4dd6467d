using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>What the store remembers of a model that was deleted, so that its version numbers are not used again and its file does not bring it back.</summary>
/// <param name="Workspace">Number of its workspace.</param>
/// <param name="Name">Its name; empty stands for all that are not remembered one by one any more.</param>
/// <param name="Version">The last version.</param>
/// <param name="SourceHash">Content hash of the file of this name that was loaded last; empty for none.</param>
internal sealed record DeletedModel(int Workspace, string Name, int Version, string SourceHash)
{
    public void Write(BlobWriter target)
    {
        target.UInt16(Workspace);
        target.Text(Name);
        target.Int32(Version);
        target.Text(SourceHash);
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static DeletedModel Read(ref BlobReader reader) =>
        new(reader.UInt16(), reader.Text(), reader.Int32(), reader.Text());
}
