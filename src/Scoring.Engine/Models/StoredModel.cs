using Scoring.Core.Models;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Models;

/// <summary>The newest version of a model as the store has it.</summary>
/// <param name="Number">Its number among all models, from 1 without gaps.</param>
/// <param name="Workspace">Number of its workspace.</param>
/// <param name="Model">The model.</param>
/// <param name="SourceHash">Content hash of the file of this name that was loaded last; empty for none.</param>
internal sealed record StoredModel(int Number, int Workspace, ScoringModel Model, string SourceHash)
{
    public void Write(BlobWriter target)
    {
        target.UInt16(Workspace);
        target.Text(SourceHash);
        target.Bytes(ModelJson.Write(Model));
    }

    /// <exception cref="InvalidDataException">The content is not a model.</exception>
    public static StoredModel Read(int number, ref BlobReader reader)
    {
        var (workspace, hash) = (reader.UInt16(), reader.Text());
        return new(number, workspace, ModelJson.Read<ScoringModel>(reader.Rest), hash);
    }
}
