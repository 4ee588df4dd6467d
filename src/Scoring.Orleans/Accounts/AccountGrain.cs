using System.Buffers;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Accounts;

/// <inheritdoc cref="IAccountGrain"/>
[CustomerPlacement]
[GrainType("scoring.account")]
internal sealed class AccountGrain : Grain, IAccountGrain
{
    private readonly IPersistentState<Document> _state;
    private readonly WorkspaceDirectory _workspaces;
    private readonly ShardReader _shards;
    private readonly string _workspace;
    private readonly string _accountId;
    private AccountRecord? _account;

    public AccountGrain(
        [PersistentState(DocumentKinds.Account, PostgresGrainStorage.Name)] IPersistentState<Document> state,
        IGrainContext context,
        WorkspaceDirectory workspaces,
        ShardReader shards
    )
    {
        (_state, _workspaces, _shards) = (state, workspaces, shards);
        (_workspace, _accountId) = CustomerKey.Of(context.GrainId);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _account = Stored();
        return Task.CompletedTask;
    }

    public async Task<WriteAnswer> UpsertAsync(AccountUpdate update, int index)
    {
        var changed = Stored() ?? new AccountRecord(_accountId);
        if (changed.Apply(update, index) is { } rejection)
        {
            return new(WriteStatus.Done, 0, 0, [rejection]);
        }
        var stored = new ArrayBufferWriter<byte>();
        changed.Write(stored);
        _state.State.Content = stored.WrittenSpan.ToArray();
        try
        {
            await _state.WriteStateAsync();
        }
        catch
        {
            // What is in the store is known to the next activation only.
            DeactivateOnIdle();
            throw;
        }
        _account = changed;
        return new(WriteStatus.Done, 1, 0, []);
    }

    public async Task<HealthAnswer> HealthAsync(int windowDays, string model, long? readTicks)
    {
        Instant? asked = readTicks is { } ticks ? new Instant(ticks) : null;
        var settings = _workspaces.Get(_workspace);
        try
        {
            var shards = await _shards.ReadAsync(
                settings,
                model,
                asked,
                $"of account '{_accountId}'",
                (shard, reference, at) => shard.TallyAccountAsync(_accountId, reference, windowDays, at),
                (sent, used) => AccountTally.Read(sent, used),
                tally => tally.NewestEvent
            );
            if (_account is null && Array.TrueForAll(shards.Tallies, tally => tally.Customers == 0))
            {
                return HealthAnswer.Refused(Refusals.AccountNotFound(_accountId));
            }
            var query = new AccountHealthQuery(_workspace, _accountId, windowDays, model, asked);
            var health = AccountTally.Summarize(
                shards.Tallies,
                _account,
                query,
                shards.Model,
                settings,
                shards.ReadTime
            );
            return new(health with { Lag = shards.Lag });
        }
        catch (ScoringException e)
        {
            return HealthAnswer.Refused(e);
        }
    }

    private AccountRecord? Stored() =>
        _state.State.Content is { Length: > 0 } content ? AccountRecord.Read(content) : null;
}
