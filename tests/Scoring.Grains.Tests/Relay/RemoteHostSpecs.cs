using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Tests.Hosting;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;
using Scoring.Grains.Tests.Specs;

namespace Scoring.Grains.Tests.Relay;

/// <summary>What is said of another silo that does not answer.</summary>
public sealed class RemoteHostSpecs : IAsyncDisposable
{
    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    private readonly PartitionHost _here = PartitionHost.Open(
        new EngineOptions { DataDirectory = "none" },
        new SharedStore(TimeProvider.System).Connect(),
        out _
    );

    public static TheoryData<Exception> Failures =>
        [
            new SiloUnavailableException("It is gone."),
            new TimeoutException("It took too long."),
            new OrleansException("It is stopping."),
            new OperationCanceledException("Its time was over before it could be sent."),
        ];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task The_outcome_of_a_write_is_unknown_and_the_caller_is_told_when_to_try_again(Exception failure)
    {
        using var host = Host(new SilentRelay(failure));

        var refusal = await Assert.ThrowsAsync<ScoringException>(async () =>
            await host.WriteAsync(Write(3, 5), TestSilos.Cancellation)
        );

        Assert.Equal(ScoringError.Unavailable, refusal.Error);
        Assert.NotNull(refusal.RetryAfter);
        Assert.Same(failure, refusal.InnerException);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_question_is_to_be_asked_elsewhere(Exception failure)
    {
        using var host = Host(new SilentRelay(failure));
        var query = new SegmentQuery { Workspace = WorkspaceSettings.DefaultName };
        var question = new SegmentQuestion(query, 1, Now, Now, [2, 4]);

        var tally = await host.TallyAsync(question, TestSilos.Cancellation);
        var hints = await host.FindHintsAsync(question, TestSilos.Cancellation);
        var adjustments = await host.FindAdjustmentsAsync(
            new(new(WorkspaceSettings.DefaultName, "", "", 10), Now, [2, 4]),
            TestSilos.Cancellation
        );
        var names = await host.ListNamesAsync(WorkspaceSettings.DefaultName, [2, 4], TestSilos.Cancellation);
        var scores = await host.ScoreAsync(
            new ScoreQuery(WorkspaceSettings.DefaultName, ["ada", "bob", "ada"], "", null),
            1,
            TestSilos.Cancellation
        );

        var customer = await host.DescribeCustomerAsync(WorkspaceSettings.DefaultName, "ada", TestSilos.Cancellation);
        var merged = await host.FindMergedAsync(WorkspaceSettings.DefaultName, ["ada"], TestSilos.Cancellation);
        var account = await host.DescribeAccountAsync(
            WorkspaceSettings.DefaultName,
            "acme",
            [2, 4],
            TestSilos.Cancellation
        );

        var exported = await host.ExportAsync(
            new(new() { Workspace = WorkspaceSettings.DefaultName }, 1, 4, EventPlace.Start),
            TestSilos.Cancellation
        );

        Assert.Null(tally.Value);
        Assert.Equal([4], exported.Absent);
        Assert.Equal((null, 1), (customer.Value, customer.Absent.Count));
        Assert.Equal((null, 1), (merged.Value, merged.Absent.Count));
        Assert.Equal([2, 4], account.Absent);
        Assert.Equal([2, 4], tally.Absent);
        Assert.Equal([2, 4], hints.Absent);
        Assert.Equal([2, 4], names.Absent);
        Assert.Null(scores.Value);
        Assert.Equal(scores.Absent.Distinct().Order(), scores.Absent);
        Assert.InRange(scores.Absent.Count, 1, 2);
    }

    [Fact]
    public async Task Nobody_waits_for_a_silo_once_it_is_known_to_be_gone_and_nothing_more_is_sent_there()
    {
        var relay = new SilentRelay(failure: null);
        using var host = Host(relay);
        var query = new SegmentQuery { Workspace = WorkspaceSettings.DefaultName };
        var question = new SegmentQuestion(query, 1, Now, Now, [2, 4]);
        var asked = host.TallyAsync(question, TestSilos.Cancellation).AsTask();
        var written = host.WriteAsync(Write(3), TestSilos.Cancellation).AsTask();
        Assert.False(asked.IsCompleted || written.IsCompleted);

        host.Dispose();

        Assert.Equal([2, 4], (await asked).Absent);
        Assert.Equal(ScoringError.Unavailable, (await Assert.ThrowsAsync<ScoringException>(() => written)).Error);
        var calls = relay.Calls;
        var payload = Write(3, 3, 7);
        // Certainly nothing was done of it: it can be written elsewhere.
        Assert.Equal([3, 7], (await host.WriteAsync(payload, TestSilos.Cancellation)).Absent);
        Assert.All(payload.Parts, part => Assert.Equal(7, part.Payload.Length));
        Assert.Equal([2, 4], (await host.TallyAsync(question, TestSilos.Cancellation)).Absent);
        Assert.Equal(calls, relay.Calls);
    }

    [Fact]
    public void An_answer_of_a_silo_of_another_version_is_unavailable_until_that_is_replaced()
    {
        var reply = new Reply<byte[]>([99, 1, 2, 3], Absent: []);

        var refused = Assert.Throws<ScoringException>(() => reply.Read(sent => TraitTally.Read(sent)));

        Assert.Equal(ScoringError.Unavailable, refused.Error);
    }

    [Fact]
    public async Task Who_cancels_does_not_wait()
    {
        using var host = Host(new SilentRelay(failure: null));
        using var cancel = new CancellationTokenSource();
        var written = host.WriteAsync(Write(3), cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => written);
    }

    public ValueTask DisposeAsync() => _here.DisposeAsync();

    private static HostWrite Write(params int[] partitions) =>
        new(
            WorkspaceSettings.DefaultName,
            CommandKind.RecordEvents,
            [
                .. partitions.Select(partition =>
                {
                    var payload = new BlobWriter();
                    payload.Bytes("payload"u8);
                    return new HostPart(partition, payload);
                }),
            ]
        );

    private RemotePartitionHost Host(IHostRelay relay)
    {
        var engine = new HostedEngine(_here, TimeSpan.Zero);
        var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        return new(
            relay,
            engine,
            new PartitionHashes(engine),
            services.GetRequiredService<Serializer<CustomerScore>>(),
            new GrainOptions()
        );
    }

    /// <summary>A silo that fails every call, or answers none.</summary>
    private sealed class SilentRelay(Exception? failure) : IHostRelay
    {
        public int Calls { get; private set; }

        public Task<Reply<WriteResult>> WriteAsync(WriteMessage write) => Answer<Reply<WriteResult>>();

        public Task<Reply<byte[][]>> ScoreAsync(
            string workspace,
            string[] customerIds,
            string model,
            int modelVersion,
            Instant? readTime
        ) => Answer<Reply<byte[][]>>();

        public Task<Reply<CustomerDetails[]>> DescribeCustomerAsync(string workspace, string customerId) =>
            Answer<Reply<CustomerDetails[]>>();

        public Task<Reply<byte[][]>> ReadPastAsync(string workspace, string customerId) => Answer<Reply<byte[][]>>();

        public Task<Reply<byte[][]>> EvaluateAsync(EvaluationQuestion question) => Answer<Reply<byte[][]>>();

        public Task<Reply<byte[][]>> TallyPastAsync(PastSegmentQuestion question) => Answer<Reply<byte[][]>>();

        public Task<Reply<PastMarks>> MarkPastAsync(PastMarkQuestion question) => Answer<Reply<PastMarks>>();

        public Task<Reply<SegmentChangeTally>> TallyChangeAsync(SegmentChangeQuestion question) =>
            Answer<Reply<SegmentChangeTally>>();

        public Task<Reply<byte[][]>> TallyPastAccountAsync(PastAccountQuestion question) => Answer<Reply<byte[][]>>();

        public Task<Reply<byte[][]>> TallyAccountChangeAsync(AccountChangeQuestion question) =>
            Answer<Reply<byte[][]>>();

        public Task<Reply<BandLeaverTally>> FindLeaversAsync(BandLeaverQuestion question) =>
            Answer<Reply<BandLeaverTally>>();

        public Task<Reply<EventReply>> ExportAsync(EventExportQuestion question) => Answer<Reply<EventReply>>();

        public Task<Reply<MergedCustomer?[]>> FindMergedAsync(string workspace, string[] customerIds) =>
            Answer<Reply<MergedCustomer?[]>>();

        public Task<Reply<AccountDetails>> DescribeAccountAsync(string workspace, string accountId, int[] partitions) =>
            Answer<Reply<AccountDetails>>();

        public Task<Reply<byte[]>> TallyAsync(SegmentQuestion question) => Answer<Reply<byte[]>>();

        public Task<Reply<byte[][]>> TallyAccountAsync(AccountQuestion question) => Answer<Reply<byte[][]>>();

        public Task<Reply<byte[][]>> ScoreOrNewestAsync(
            string workspace,
            string[] customerIds,
            string model,
            int modelVersion,
            Instant readTime
        ) => Answer<Reply<byte[][]>>();

        public Task<Reply<PreviewReply>> PreviewAsync(PreviewQuestion question) => Answer<Reply<PreviewReply>>();

        public Task<Reply<byte[]>> CountTraitsAsync(ContrastQuestion question) => Answer<Reply<byte[]>>();

        public Task<Reply<byte[]>> GroupAsync(GroupQuestion question) => Answer<Reply<byte[]>>();

        public Task<Reply<byte[]>> ListAsync(ListQuestion question) => Answer<Reply<byte[]>>();

        public Task<Reply<byte[]>> TallyAccountsAsync(AccountListQuestion question) => Answer<Reply<byte[]>>();

        public Task<ListPart?> ReadListAsync(string list, int offset, int size) => Answer<ListPart?>();

        public Task<Reply<string[][]>> FindAccountsAsync(AccountSearch search) => Answer<Reply<string[][]>>();

        public Task<Reply<PastAccountMatch[]>> FindPastAccountsAsync(PastAccountSearch search) =>
            Answer<Reply<PastAccountMatch[]>>();

        public Task<Reply<CustomerAdjustment[]>> FindAdjustmentsAsync(AdjustmentSearch search) =>
            Answer<Reply<CustomerAdjustment[]>>();

        public Task<Reply<FilterHint[]>> FindHintsAsync(SegmentQuestion question) => Answer<Reply<FilterHint[]>>();

        public Task<Reply<HostNames>> ListNamesAsync(string workspace, int[] partitions) => Answer<Reply<HostNames>>();

        public Task RefreshAsync() => Answer<bool>();

        public Task OpenedAsync(SiloAddress silo, int[] partitions) => Answer<bool>();

        public Task LeavesAsync(SiloAddress silo) => Answer<bool>();

        private Task<T> Answer<T>()
        {
            Calls++;
            return failure is null ? new TaskCompletionSource<T>().Task : Task.FromException<T>(failure);
        }
    }
}
