using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Backend;

/// <summary>What every host of the domain says when it refuses something.</summary>
public static class Refusals
{
    /// <summary>No workspace has the name.</summary>
    public static ScoringException WorkspaceNotFound(string name) =>
        new(
            ScoringError.WorkspaceNotFound,
            $"There is no workspace '{name}'. Workspaces are named in the service's configuration."
        )
        {
            Field = "workspace",
            Subject = name,
        };

    /// <summary>Nothing is known of the account.</summary>
    public static ScoringException AccountNotFound(string accountId) =>
        new(
            ScoringError.AccountNotFound,
            $"The account '{accountId}' was never upserted and no customer belongs to it."
        )
        {
            Field = "account_id",
            Subject = accountId,
        };

    /// <summary>The workspace has no model of the name, but those given.</summary>
    public static ScoringException ModelNotFound(
        WorkspaceSettings settings,
        string name,
        IReadOnlyCollection<ScoringModel> models
    )
    {
        var names =
            models.Count > 0
                ? $"it has {string.Join(", ", models.Take(20).Select(m => m.Name))}"
                : "it has none yet; put one first";
        return new(ScoringError.ModelNotFound, $"The workspace {settings.Name} has no model {name}: {names}.")
        {
            Field = "model",
            Subject = name,
        };
    }

    /// <summary>The read time lies before the newest event.</summary>
    public static ScoringException ReadTimeBefore(Instant newest, Instant readTime, string ofWhat) =>
        new(
            ScoringError.ReadTimeBeforeNewestEvent,
            $"read_time {readTime} lies before the newest event {ofWhat}, {newest}; facts tell nothing of the past. "
                + "Leave read_time out for now, or ask for that instant or later."
        )
        {
            Field = "read_time",
        };

    /// <summary>Refuses an invalid model.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, naming every fault.</exception>
    public static void ThrowIfInvalid(ScoringModel model, WorkspaceSettings settings)
    {
        var faults = ModelRules.Check(model, settings);
        if (faults.Count > 0)
        {
            var listed = string.Join("; ", faults.Select(f => $"{f.Field} {f.Message}"));
            throw new ScoringException(ScoringError.InvalidArgument, $"The model '{model.Name}' is invalid: {listed}.")
            {
                Field = $"model.{faults[0].Field}",
                Subject = model.Name,
            };
        }
    }

    /// <summary>Why a model cannot follow the current version of its name; null when it can.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">Its workspace.</param>
    /// <param name="current">The current version; 0 when there is none.</param>
    /// <param name="count">Models of the workspace.</param>
    public static ScoringException? OfModel(ScoringModel model, WorkspaceSettings settings, int current, int count)
    {
        if (model.Version != 0 && model.Version != current)
        {
            var message =
                current == 0
                    ? $"There is no model {model.Name} yet; put its first version with version 0."
                    : $"The model {model.Name} is at version {current}, not {model.Version}; read it again and repeat the change.";
            return new(ScoringError.ModelVersionConflict, message) { Field = "model.version", Subject = model.Name };
        }
        if (current == 0 && count >= Limits.Models)
        {
            var message =
                $"The workspace {settings.Name} has {Limits.Models:N0} models, its limit; change one of them.";
            return new(ScoringError.LimitExceeded, message) { Field = "model.name", Subject = model.Name };
        }
        return null;
    }
}
