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

    /// <summary>Nothing is known of the customer.</summary>
    public static ScoringException CustomerNotFound(
        string customerId,
        string workspace,
        string field = "customer_id"
    ) =>
        new(
            ScoringError.CustomerNotFound,
            $"Nothing is known of customer '{customerId}' in workspace '{workspace}'. Record an event of it or upsert it first."
        )
        {
            Field = field,
            Subject = customerId,
        };

    /// <summary>Nothing was known of the customer at an instant.</summary>
    public static ScoringException CustomerNotKnownAt(string customerId, string workspace, Instant at) =>
        new(
            ScoringError.CustomerNotFound,
            $"Nothing was known of customer '{customerId}' in workspace '{workspace}' at {at}. Ask for a later end_time; GetCustomer tells whether anything is known now."
        )
        {
            Field = "customer_id",
            Subject = customerId,
        };

    /// <summary>A model has no band of the name that a field has.</summary>
    public static ScoringException NoSuchBand(string band, ScoringModel model, string field = "band") =>
        new(
            ScoringError.InvalidArgument,
            $"'{band}' is no band of model '{model.Name}'; it has {string.Join(", ", model.Bands.Select(of => $"'{of.Name}'"))}."
        )
        {
            Field = field,
            Subject = band,
        };

    /// <summary>A customer is to be merged into itself.</summary>
    public static ScoringException MergedIntoItself(string customerId) =>
        new(
            ScoringError.InvalidArgument,
            $"'{customerId}' is the customer that the others are to be merged into; name others."
        )
        {
            Field = "merged_customer_ids",
            Subject = customerId,
        };

    /// <summary>A customer was merged into another one before.</summary>
    public static ScoringException MergedElsewhere(string customerId, string survivorId) =>
        new(
            ScoringError.CustomerMerged,
            $"'{customerId}' was merged into '{survivorId}' before. If all of them are one customer, merge '{survivorId}'."
        )
        {
            Field = "merged_customer_ids",
            Subject = customerId,
        };

    /// <summary>More customers than may be would be merged into one.</summary>
    public static ScoringException TooManyMerged(string customerId) =>
        new(
            ScoringError.LimitExceeded,
            $"'{customerId}' would stand for more than {Limits.MergedCustomers} other ids, its limit. An id that so many are merged into is hardly one customer's."
        )
        {
            Field = "merged_customer_ids",
            Subject = customerId,
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

    /// <summary>A list that a page is asked of is kept no more.</summary>
    public static ScoringException ListExpired() =>
        new(
            ScoringError.ListExpired,
            "The list is kept no more: it is kept for 10 minutes after its last page was read, as long as its server runs and has room for it. List again from the first page."
        )
        {
            Field = "page_token",
        };

    /// <summary>A page is asked for behind what a list has.</summary>
    /// <param name="total">How many there are.</param>
    /// <param name="ofAccounts">Whether it lists accounts rather than customers.</param>
    public static ScoringException ListTooLong(long total, bool ofAccounts) =>
        new(
            ScoringError.LimitExceeded,
            $"A list has its first {Limits.ListedCustomers:N0} {(ofAccounts ? "accounts" : "customers")}, of {total:N0} that the filter lets pass. "
                + (ofAccounts ? "Narrow the filter." : "Narrow the filter, or export all with StreamCustomers.")
        )
        {
            Field = "page_token",
        };

    /// <summary>There is no adjustment of the customer's score in the model.</summary>
    public static ScoringException AdjustmentNotFound(string customerId, string model) =>
        new(
            ScoringError.AdjustmentNotFound,
            $"The score of customer '{customerId}' is not adjusted in the model '{model}', or not any more. ListScoreAdjustments names those there are."
        )
        {
            Field = "model",
            Subject = model,
        };

    /// <summary>The customer has as many adjustments as it may.</summary>
    public static ScoringException TooManyAdjustments(string customerId) =>
        new(
            ScoringError.LimitExceeded,
            $"The score of customer '{customerId}' is adjusted in {Limits.Adjustments} models, its limit; remove one of these adjustments."
        )
        {
            Field = "customer_id",
            Subject = customerId,
        };

    /// <summary>An adjustment would have expired before it has any effect.</summary>
    public static ScoringException ExpiredAlready(Instant expireTime, Instant now) =>
        new(
            ScoringError.InvalidArgument,
            $"expire_time {expireTime} must lie ahead of now, {now}; leave it out for an adjustment that holds until it is removed."
        )
        {
            Field = "adjustment.expire_time",
        };

    /// <summary>Customers belong to the account that is to be deleted.</summary>
    public static ScoringException AccountInUse(string accountId, long customers) =>
        new(
            ScoringError.AccountInUse,
            $"{(customers == 1 ? "One customer belongs" : $"{customers:N0} customers belong")} to the account '{accountId}'. Move them to another one, or set release_customers to leave them without."
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

    /// <summary>The model has no such version, but those given.</summary>
    public static ScoringException ModelVersionNotFound(ModelReference asked, IReadOnlyCollection<int> versions) =>
        new(
            ScoringError.ModelVersionNotFound,
            $"The model {asked.Name} has no version {asked.Version}: there are {Runs(versions)}. Of a model the last {Limits.ModelVersions} versions are kept."
        )
        {
            Field = "model_version",
            Subject = asked.ToString(),
        };

    /// <summary>Why a version of a model cannot be read by any more; null when it can: half-lives may have been changed while there was no data.</summary>
    public static ScoringException? OfHalfLives(ScoringModel model, WorkspaceSettings settings)
    {
        var unknown = model.HalfLivesDays().FirstOrDefault(days => !settings.HalfLivesDays.Contains(days));
        return unknown == 0
            ? null
            : new(
                ScoringError.InvalidArgument,
                $"Version {model.Version} of the model {model.Name} has the half-life of {unknown} days, which workspace {settings.Name} does not have any more."
            )
            {
                Field = "model_version",
                Subject = model.Name,
            };
    }

    /// <summary>The model has another version than the caller read.</summary>
    public static ScoringException ModelConflict(string name, int current, int read) =>
        new(
            ScoringError.ModelVersionConflict,
            $"The model {name} is at version {current}, not {read}; read it again and repeat the change."
        )
        {
            Field = "etag",
            Subject = name,
        };

    /// <summary>Refuses to delete the model that stands for an empty name.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelInUse"/>.</exception>
    public static void ThrowIfDefault(string name, WorkspaceSettings settings)
    {
        if (name == settings.DefaultModel)
        {
            throw new ScoringException(
                ScoringError.ModelInUse,
                $"The model {name} is what reads of workspace {settings.Name} are answered by that name no model, by the setting "
                    + $"Scoring:Workspaces:{settings.Name}:DefaultModel. Name another one there first."
            )
            {
                Field = "name",
                Subject = name,
            };
        }
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

    /// <summary>Refuses to tell of the past where events are not kept.</summary>
    public static ScoringException NoHistory() =>
        new(ScoringError.BeforeHistory, "Events are not kept here, so nothing can be told of the past.");

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
            return current == 0
                ? new(
                    ScoringError.ModelVersionConflict,
                    $"There is no model {model.Name}, of which version {model.Version} was read: it was deleted, or is of another workspace. Put it without an etag."
                )
                {
                    Field = "etag",
                    Subject = model.Name,
                }
                : ModelConflict(model.Name, current, model.Version);
        }
        if (current == 0 && count >= Limits.Models)
        {
            var message =
                $"The workspace {settings.Name} has {Limits.Models:N0} models, its limit; change one of them.";
            return new(ScoringError.LimitExceeded, message) { Field = "model.name", Subject = model.Name };
        }
        return null;
    }

    /// <summary>Numbers as people list them: "2, 5 to 9".</summary>
    private static string Runs(IEnumerable<int> numbers)
    {
        var runs = new List<(int First, int Last)>();
        foreach (var number in numbers.Order())
        {
            if (runs is [.., var last] && last.Last == number - 1)
            {
                runs[^1] = last with { Last = number };
            }
            else
            {
                runs.Add((number, number));
            }
        }
        return string.Join(
            ", ",
            runs.Select(run => run.First == run.Last ? $"{run.First}" : $"{run.First} to {run.Last}")
        );
    }
}
