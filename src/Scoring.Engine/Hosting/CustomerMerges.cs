using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Merges customers, and finds the survivors of those that were merged.</summary>
/// <remarks>
/// <para>
/// The customer and the survivor are mostly in different partitions, which no write reaches at once. So a merge is first put down in a document of the store, of which a
/// workspace has one, and given a number. Then the customer is frozen (<see cref="CommandKind.BeginMerge"/>), the survivor adopts what is stored of it
/// (<see cref="CommandKind.AdoptCustomer"/>), and of the customer nothing is left but the id (<see cref="CommandKind.EndMerge"/>). Each step may be taken again without
/// effect, so whoever finds a merge in the document goes on with it, under a number of its own: steps of the one that had begun it come too late from then on.
/// </para>
/// <para>One merge at a time of each workspace makes it plain that no two customers are merged into each other.</para>
/// </remarks>
internal sealed class CustomerMerges(PartitionHost host, RoutedQuestions questions, RoutedWrites writes)
{
    private readonly Dictionary<int, SemaphoreSlim> _turns = [];

    /// <summary>As <see cref="IScoringBackend.MergeCustomersAsync"/>.</summary>
    public async Task<CustomerDetails> MergeAsync(
        string workspaceName,
        string customerId,
        IReadOnlyList<string> mergedIds
    )
    {
        var workspace = host.Workspaces.Get(workspaceName);
        host.ThrowIfRefusing();
        return await InTurnAsync(
            workspace,
            async () =>
            {
                while (true)
                {
                    var state = await SettleAsync(workspace);
                    var survivor = await RootOfAsync(workspace, customerId);
                    var known = await CustomerAsync(workspace, survivor);
                    var wanted = await CheckAsync(workspace, survivor, known, mergedIds);
                    if (wanted.Count == 0)
                    {
                        return known!;
                    }
                    await TryRunAsync(workspace, new MergePlan(survivor, wanted), state);
                }
            }
        );
    }

    /// <summary>Goes on with merges that were begun by processes that have ended.</summary>
    public async Task ResumeAsync()
    {
        foreach (var workspace in host.Workspaces.All)
        {
            await InTurnAsync(workspace, () => SettleAsync(workspace));
        }
    }

    /// <summary>The customer that a customer was merged into, in the end; null when it was not merged.</summary>
    public async ValueTask<string?> SurvivorAsync(
        EngineWorkspace workspace,
        string customerId,
        CancellationToken cancellationToken
    ) => (await SurvivorsAsync(workspace, [customerId], cancellationToken))[0];

    /// <summary>What the archive has of a customer, or of the one that it was merged into; null when nothing is known of it.</summary>
    public async ValueTask<CustomerPast?> PastAsync(
        EngineWorkspace workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var name = workspace.Settings.Name;
        if (await questions.PastAsync(name, customerId, cancellationToken) is { } found)
        {
            return found;
        }
        return await SurvivorAsync(workspace, customerId, cancellationToken) is { } survivor
            ? await questions.PastAsync(name, survivor, cancellationToken)
            : null;
    }

    /// <summary>The customers that some were merged into, in the end; null for those that were not merged.</summary>
    public async ValueTask<string?[]> SurvivorsAsync(
        EngineWorkspace workspace,
        IReadOnlyList<string> customerIds,
        CancellationToken cancellationToken
    )
    {
        var merged = await questions.MergedAsync(workspace, customerIds, cancellationToken);
        if (Array.TrueForAll(merged, of => of is null))
        {
            return new string?[merged.Length];
        }
        if (Array.Exists(merged, of => of is { Stored.Length: > 0 }))
        {
            // Its survivor has not what it did yet.
            await InTurnAsync(workspace, () => SettleAsync(workspace)).WaitAsync(cancellationToken);
        }
        return await Task.WhenAll(
            merged.Select(async (of, i) => of is null ? null : await RootOfAsync(workspace, customerIds[i]))
        );
    }

    /// <summary>Deletes a customer, the survivor where it was merged into one, and the ids of all that were merged into it; false when nothing was known.</summary>
    public async Task<bool> DeleteAsync(string workspaceName, string customerId)
    {
        var workspace = host.Workspaces.Get(workspaceName);
        for (var id = customerId; ; )
        {
            if (await CustomerAsync(workspace, id) is { } customer)
            {
                if (customer.MergedIds.Count > 0)
                {
                    return await InTurnAsync(workspace, () => DeleteWithMergedIdsAsync(workspace, id));
                }
                if (await DeleteOneAsync(workspace, id))
                {
                    return true;
                }
            }
            else if (await SurvivorAsync(workspace, id, CancellationToken.None) is { } survivor)
            {
                id = survivor;
            }
            else
            {
                return false;
            }
        }
    }

    private static string DocumentOf(EngineWorkspace workspace) => $"merges-{workspace.Number}";

    private async Task<T> InTurnAsync<T>(EngineWorkspace workspace, Func<Task<T>> action)
    {
        SemaphoreSlim? turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(workspace.Number, out turn))
            {
                _turns.Add(workspace.Number, turn = new SemaphoreSlim(1));
            }
        }
        await turn.WaitAsync();
        try
        {
            return await action();
        }
        finally
        {
            turn.Release();
        }
    }

    private ValueTask<CustomerDetails?> CustomerAsync(EngineWorkspace workspace, string customerId) =>
        questions.CustomerAsync(workspace.Settings.Name, customerId, CancellationToken.None);

    /// <summary>Ends the merge that the document holds, if any, and gives the document's version and the number of the newest merge.</summary>
    private async Task<MergeState> SettleAsync(EngineWorkspace workspace)
    {
        while (true)
        {
            var document = await host.ReadDocumentAsync(DocumentOf(workspace));
            var (number, plan) = MergeDocument.Read(host.Place, document.Content);
            var state = new MergeState(document.Version, number);
            if (plan is null)
            {
                return state;
            }
            try
            {
                await TryRunAsync(workspace, plan, state);
            }
            catch (ScoringException e) when (e.Error == ScoringError.LimitExceeded)
            {
                // Whoever had asked for that merge is told when asking again.
            }
        }
    }

    /// <summary>Puts the next merge down; null when the document has changed.</summary>
    private async Task<MergeState?> TryPutAsync(EngineWorkspace workspace, MergePlan? plan, MergeState state)
    {
        var next = new MergeState(state.Version + 1, state.Number + 1);
        var content = new MergeDocument(next.Number, plan).Write();
        return await host.TryPutDocumentAsync(DocumentOf(workspace), state.Version, content) ? next : null;
    }

    /// <summary>Puts a merge down and does it, unless the document has changed.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.LimitExceeded"/>: a survivor has no room for a customer, who is as before.</exception>
    private async Task TryRunAsync(EngineWorkspace workspace, MergePlan plan, MergeState state)
    {
        if (await TryPutAsync(workspace, plan, state) is not { } begun)
        {
            return;
        }
        await WriteAsync(
            workspace,
            CommandKind.BeginMerge,
            plan.CustomerIds.Select(id => PartOf(workspace, id, new(begun.Number, id, plan.SurvivorId)))
        );
        var refusals = await MoveAsync(workspace, plan, begun.Number);
        await TryPutAsync(workspace, plan: null, begun);
        if (refusals is [var first, ..])
        {
            throw new ScoringException(ScoringError.LimitExceeded, first.Message) { Field = "merged_customer_ids" };
        }
    }

    /// <summary>Has a survivor adopt the customers that are frozen, in their order: of several that have what it lacks, the first brings it.</summary>
    /// <returns>Why some could not be adopted, who are as they were before.</returns>
    private async Task<List<Rejection>> MoveAsync(EngineWorkspace workspace, MergePlan plan, long number)
    {
        var merged = await questions.MergedAsync(workspace, plan.CustomerIds, CancellationToken.None);
        int[] frozen =
        [
            .. Enumerable
                .Range(0, merged.Length)
                .Where(i => merged[i]?.SurvivorId == plan.SurvivorId && merged[i]!.Stored.Length > 0),
        ];
        var adopted = await WriteAsync(
            workspace,
            CommandKind.AdoptCustomer,
            frozen.Select(i =>
                PartOf(
                    workspace,
                    plan.SurvivorId,
                    new(number, plan.CustomerIds[i], plan.SurvivorId, merged[i]!.Stored, i)
                )
            )
        );
        // Where it came too late, somebody else does it by now.
        var refused = adopted.Rejections.ToDictionary(rejection => rejection.Index);
        var refusals = adopted.Rejections.Where(of => of.Reason == RejectionReason.LimitExceeded).ToList();
        await WriteAsync(
            workspace,
            CommandKind.EndMerge,
            frozen.Where(i => !refused.ContainsKey(i)).Select(i => Left(plan.CustomerIds[i]))
        );
        await WriteAsync(
            workspace,
            CommandKind.CancelMerge,
            refusals.Select(refusal => Left(plan.CustomerIds[refusal.Index]))
        );
        return refusals;

        HostPart Left(string id) => PartOf(workspace, id, new(number, id));
    }

    /// <summary>Those of some customers that are to be merged still.</summary>
    private async Task<List<string>> CheckAsync(
        EngineWorkspace workspace,
        string survivor,
        CustomerDetails? known,
        IReadOnlyList<string> ids
    )
    {
        var wanted = new List<string>();
        var merged = known?.MergedIds.Count ?? 0;
        foreach (var id in ids.Distinct(StringComparer.Ordinal))
        {
            if (id == survivor)
            {
                throw Refusals.MergedIntoItself(id);
            }
            if (await CustomerAsync(workspace, id) is { } customer)
            {
                merged += 1 + customer.MergedIds.Count;
                wanted.Add(id);
            }
            else if (await RootOfAsync(workspace, id) is var root && root != survivor)
            {
                throw root == id
                    ? Refusals.CustomerNotFound(id, workspace.Settings.Name, "merged_customer_ids")
                    : Refusals.MergedElsewhere(id, root);
            }
        }
        return wanted.Count > 0 && merged > Limits.MergedCustomers ? throw Refusals.TooManyMerged(survivor) : wanted;
    }

    /// <summary>The customer that an id stands for: itself, where it was not merged.</summary>
    private async Task<string> RootOfAsync(EngineWorkspace workspace, string customerId)
    {
        var id = customerId;
        for (var hops = 0; hops <= Limits.MergedCustomers; hops++)
        {
            if (await questions.MergedAsync(workspace, [id], CancellationToken.None) is not [{ } merged])
            {
                return id;
            }
            id = merged.SurvivorId;
        }
        throw StoreErrors.TryAgain("The customers are being merged; try again.", 100);
    }

    private async Task<bool> DeleteWithMergedIdsAsync(EngineWorkspace workspace, string customerId)
    {
        while (true)
        {
            var state = await SettleAsync(workspace);
            if (await CustomerAsync(workspace, customerId) is not { } customer)
            {
                return false;
            }
            // Under a number of its own, so that no step of an earlier merge brings back what is deleted.
            if (await TryPutAsync(workspace, plan: null, state) is { Number: var number })
            {
                List<HostPart> parts = [PartOf(workspace, customerId, new(number, CustomerId: ""))];
                parts.AddRange(customer.MergedIds.Select(id => PartOf(workspace, id, new(number, id))));
                await WriteAsync(workspace, CommandKind.ForgetMerged, parts);
                return await DeleteOneAsync(workspace, customerId);
            }
        }
    }

    private async Task<bool> DeleteOneAsync(EngineWorkspace workspace, string customerId)
    {
        var part = new HostPart(workspace.Hash.Of(customerId), DeletionCodec.Write(customerId));
        var written = await WriteAsync(workspace, CommandKind.DeleteCustomer, [part]);
        return written.Accepted > 0;
    }

    private ValueTask<WriteResult> WriteAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IEnumerable<HostPart> parts
    ) => writes.WriteAsync(workspace, kind, [.. parts], CancellationToken.None);

    private static HostPart PartOf(EngineWorkspace workspace, string id, MergeStep step) =>
        new(workspace.Hash.Of(id), step.Write());

    /// <summary>What a merge follows.</summary>
    /// <param name="Version">Version of the document.</param>
    /// <param name="Number">Number of the newest merge.</param>
    private readonly record struct MergeState(long Version, long Number);
}
