using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core;

/// <summary>What every host of the domain says when it refuses something.</summary>
internal static class Refusals
{
    public static ScoringException WorkspaceNotFound(string name) =>
        new(
            ScoringError.WorkspaceNotFound,
            $"There is no workspace '{name}'. Workspaces are named in the service's configuration."
        )
        {
            Field = "workspace",
            Subject = name,
        };

    public static ScoringException AccountNotFound(string accountId) =>
        new(
            ScoringError.AccountNotFound,
            $"The account '{accountId}' was never upserted and no customer belongs to it."
        )
        {
            Field = "account_id",
            Subject = accountId,
        };

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

    public static ScoringException ReadTimeBefore(Instant newest, Instant readTime, string ofWhat) =>
        new(
            ScoringError.ReadTimeBeforeNewestEvent,
            $"read_time {readTime} lies before the newest event {ofWhat}, {newest}; facts tell nothing of the past. "
                + "Leave read_time out for now, or ask for that instant or later."
        )
        {
            Field = "read_time",
        };

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

    /// <summary>Why an event was not counted.</summary>
    public static Rejection OfEvent(RecordOutcome outcome, int index) =>
        outcome switch
        {
            RecordOutcome.Conflict => new(
                index,
                RejectionReason.EventIdConflict,
                "event_id",
                "The customer has had an event of this event_id with other content; give every event an id of its own."
            ),
            RecordOutcome.TooManyEventTypes => new(
                index,
                RejectionReason.LimitExceeded,
                "type",
                $"The workspace has {Limits.EventTypes:N0} event types that no model uses, its limit; use one of these types, or remove "
                    + "what nothing uses: scoring names prune."
            ),
            RecordOutcome.TooManyFeatures => new(
                index,
                RejectionReason.LimitExceeded,
                "feature",
                $"The workspace has {Limits.Features:N0} features, its limit; use one of these features, or remove what nothing uses: "
                    + "scoring names prune."
            ),
            RecordOutcome.TooManyCustomers => TooMany(index, "customer_id", "customers"),
            RecordOutcome.TooManyAccounts => TooMany(index, "account_id", "accounts"),
            RecordOutcome.TooManyFacts => new(
                index,
                RejectionReason.LimitExceeded,
                "customer_id",
                "The facts of the workspace's customers take as much memory as they may in one partition; use more partitions."
            ),
            RecordOutcome.RefusedBefore => Again(index),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "Is not a refusal."),
        };

    /// <summary>An element is refused by a replay because it was refused for a limit when it was first applied.</summary>
    public static Rejection Again(int index) => new(index, RejectionReason.LimitExceeded, "", "Was refused before.");

    private static Rejection TooMany(int index, string field, string what) =>
        new(
            index,
            RejectionReason.LimitExceeded,
            field,
            $"The workspace has as many {what} as one partition may hold; use more partitions."
        );

    /// <summary>A customer brings more attribute keys than its workspace has room for.</summary>
    public static Rejection OfAttributes(int index) =>
        new(
            index,
            RejectionReason.LimitExceeded,
            "attributes",
            $"A workspace has at most {Limits.Attributes} attribute keys and this customer brings more; use keys that it has, or "
                + "free one by removing its value from every customer (give it an empty value)."
        );
}
