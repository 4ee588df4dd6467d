using Scoring.Core.Models;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>The newest version of a model as the store has it.</summary>
/// <param name="Workspace">Number of its workspace.</param>
/// <param name="Model">The model.</param>
/// <param name="SourceHash">Content hash of the file of this name that was loaded last; empty for none.</param>
internal sealed record StoredModel(int Workspace, ScoringModel Model, string SourceHash)
{
    public void Write(BlobWriter target)
    {
        var json = ModelJson.Write(Model);
        target.UInt16(Workspace);
        target.Text(SourceHash);
        target.Int32(json.Length);
        target.Bytes(json);
    }

    /// <exception cref="InvalidDataException">The content is not a model.</exception>
    public static StoredModel Read(ref BlobReader reader)
    {
        var (workspace, hash) = (reader.UInt16(), reader.Text());
        return new(workspace, ModelJson.Read(reader.Bytes(reader.Int32())), hash);
    }
}
