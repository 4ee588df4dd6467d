using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>The models of a store as its document has them: the current version of each, and what is remembered of those that were deleted.</summary>
/// <param name="Current">The models.</param>
/// <param name="Deleted">Of each workspace at most <see cref="Limits.Models"/> by name, in the order in which they were deleted.</param>
internal sealed record StoredModels(IReadOnlyList<StoredModel> Current, IReadOnlyList<DeletedModel> Deleted)
{
    /// <summary>Those of a store in which nobody put any.</summary>
    public static readonly StoredModels None = new([], []);

    /// <summary>What is remembered of a model that was deleted; of one that is not remembered by name, what holds for all of those. Null for nothing.</summary>
    public DeletedModel? FindDeleted(int workspace, string name) =>
        Deleted.FirstOrDefault(model => model.Workspace == workspace && model.Name == name)
        ?? Deleted.FirstOrDefault(model => model.Workspace == workspace && model.Name.Length == 0);

    /// <summary>These, with a version in the place of the one before it.</summary>
    public StoredModels With(StoredModel model) =>
        new([.. Others(model), model], [.. Deleted.Where(deleted => !IsSame(deleted, model))]);

    /// <summary>These without a model that is deleted.</summary>
    public StoredModels Without(StoredModel model)
    {
        var deleted = Deleted
            .Append(new(model.Workspace, model.Model.Name, model.Model.Version, model.SourceHash))
            .ToList();
        var named = deleted.FindAll(known => known.Workspace == model.Workspace && known.Name.Length > 0);
        if (named.Count > Limits.Models)
        {
            Forget(deleted, named.Find(known => known.SourceHash.Length == 0) ?? named[0]);
        }
        return new([.. Others(model)], deleted);
    }

    public void Write(BlobWriter target)
    {
        target.Int32(Current.Count);
        foreach (var model in Current)
        {
            model.Write(target);
        }
        if (Deleted.Count > 0)
        {
            target.Int32(Deleted.Count);
            foreach (var model in Deleted)
            {
                model.Write(target);
            }
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoredModels Read(ref BlobReader reader)
    {
        var current = reader.Many(reader.Int32(), StoredModel.Read);
        // Stores in which none was deleted, and those of earlier builds, say nothing of them.
        return new(current, reader.AtEnd ? [] : reader.Many(reader.Int32(), DeletedModel.Read));
    }

    private IEnumerable<StoredModel> Others(StoredModel model) =>
        Current.Where(known => known.Workspace != model.Workspace || known.Model.Name != model.Model.Name);

    private static bool IsSame(DeletedModel deleted, StoredModel model) =>
        deleted.Workspace == model.Workspace && deleted.Name == model.Model.Name;

    /// <summary>Keeps of a model only that its versions are not to be used again: by any that is not remembered by name.</summary>
    private static void Forget(List<DeletedModel> deleted, DeletedModel model)
    {
        var rest = deleted.Find(known => known.Workspace == model.Workspace && known.Name.Length == 0);
        deleted.RemoveAll(known => known == model || known == rest);
        deleted.Add(new(model.Workspace, "", Math.Max(model.Version, rest?.Version ?? 0), ""));
    }
}
