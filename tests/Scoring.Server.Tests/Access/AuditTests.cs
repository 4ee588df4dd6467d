using Grpc.Core;
using Scoring.Core;
using Scoring.Server.Admin;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

public sealed class AuditTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_changed_what_when_and_from_where_is_listed_the_newest_first()
    {
        await using var front = await GuardedFront.StartAsync();
        var key = await front.CreateAsync("model@default");
        front.Front.Time.Advance(TimeSpan.FromMinutes(1));
        await front
            .Models(key.Secret)
            .PutScoringModelAsync(new() { Model = Model("engagement") }, cancellationToken: Token);
        await front.Models(key.Secret).PruneNamesAsync(new() { Names = { "old*" } }, cancellationToken: Token);
        await front.Admin().RevokeApiKeyAsync(new() { KeyId = key.Key.KeyId }, cancellationToken: Token);

        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;

        var actor = $"key {key.Key.KeyId} (crm)";
        Assert.Equal(
            [
                ("RevokeApiKey", "key admin (test)", "default", key.Key.KeyId),
                ("PruneNames", actor, "default", "old*"),
                ("PutScoringModel", actor, "default", "engagement"),
                ("CreateApiKey", "key admin (test)", "default", key.Key.KeyId),
            ],
            entries.Select(entry => (entry.Method, entry.Actor, entry.Workspace, entry.Target))
        );
        Assert.All(entries, entry => Assert.Equal(("127.0.0.1", ""), (entry.Address, entry.Failure)));
        Assert.Equal(Front.Now.AddMinutes(1), entries[1].Time.ToDateTimeOffset());
        Assert.Equal("crm: model@default", entries[3].Detail);
    }

    [Fact]
    public async Task What_is_only_tried_or_refused_before_it_is_begun_is_no_change()
    {
        await using var front = await GuardedFront.StartAsync();
        var models = front.Models("");

        await models.PutScoringModelAsync(new() { Model = Model("a"), ValidateOnly = true }, cancellationToken: Token);
        await models.PruneNamesAsync(new() { ValidateOnly = true }, cancellationToken: Token);
        await GuardedFront.FailAsync(() => models.PutScoringModelAsync(new(), cancellationToken: Token).ResponseAsync);

        Assert.Empty((await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries);
    }

    [Fact]
    public async Task What_failed_after_it_was_noted_is_noted_as_failed()
    {
        await using var front = await GuardedFront.StartAsync();
        front.Front.Backend.OnPut = _ =>
            throw new ScoringException(ScoringError.ModelVersionConflict, "It has another version.");

        await GuardedFront.FailAsync(() =>
            front.Models("").PutScoringModelAsync(new() { Model = Model("a") }, cancellationToken: Token).ResponseAsync
        );

        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Equal(["It has another version.", ""], entries.Select(entry => entry.Failure));
    }

    [Fact]
    public async Task Nothing_is_changed_that_cannot_be_noted()
    {
        var documents = new FakeDocuments();
        await using var front = await GuardedFront.StartAsync(documents);
        documents.BeforePut = name =>
            name == "audit"
                ? throw new ScoringException(ScoringError.StorageFull, "The disk is full.")
                : Task.CompletedTask;
        var puts = 0;
        front.Front.Backend.OnPut = model =>
        {
            puts++;
            return model;
        };

        var failure = await GuardedFront.FailAsync(() =>
            front.Models("").PutScoringModelAsync(new() { Model = Model("a") }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal((StatusCode.ResourceExhausted, "STORAGE_FULL"), (failure.Code, failure.Reason));
        Assert.Equal(0, puts);
        await GuardedFront.FailAsync(() => front.CreateAsync("read@*"));
        Assert.Equal(0, documents.Follow("keys").Version);
    }

    [Fact]
    public async Task A_long_log_is_listed_page_by_page_without_gaps_whatever_is_added_meanwhile()
    {
        await using var front = await GuardedFront.StartAsync();
        const int changes = (3 * AuditLog.EntriesOfDocument) + 7;
        for (var i = 0; i < changes; i++)
        {
            await front.Models("").PutScoringModelAsync(new() { Model = Model($"m{i}") }, cancellationToken: Token);
        }

        var (targets, token) = (new List<string>(), "");
        do
        {
            var page = await front
                .Admin()
                .ListAuditEntriesAsync(new() { PageSize = 60, PageToken = token }, cancellationToken: Token);
            targets.AddRange(page.Entries.Select(entry => entry.Target));
            token = page.NextPageToken;
            await front.Models("").PutScoringModelAsync(new() { Model = Model("later") }, cancellationToken: Token);
        } while (token.Length > 0);

        Assert.Equal(Enumerable.Range(0, changes).Reverse().Select(i => $"m{i}"), targets);
    }

    [Fact]
    public async Task Servers_that_add_at_once_lose_nothing_also_where_a_document_becomes_full()
    {
        var documents = new FakeDocuments();
        await using var front = await GuardedFront.StartAsync(documents);
        const int changes = (2 * AuditLog.EntriesOfDocument) + 10;

        await Task.WhenAll(
            Enumerable
                .Range(0, changes)
                .Select(i =>
                    front
                        .Models("")
                        .PutScoringModelAsync(new() { Model = Model($"m{i}") }, cancellationToken: Token)
                        .ResponseAsync
                )
        );

        var listed = await front.Admin().ListAuditEntriesAsync(new() { PageSize = 1_000 }, cancellationToken: Token);
        Assert.Equal(
            Enumerable.Range(0, changes).Select(i => $"m{i}").Order(),
            listed.Entries.Select(entry => entry.Target).Order()
        );
    }

    [Fact]
    public async Task Admins_of_a_workspace_see_what_was_changed_there()
    {
        await using var front = await GuardedFront.StartAsync();
        var admin = await front.CreateAsync("admin@trial");
        await front.CreateAsync("read@default");
        await front.CreateAsync("read@*");
        var log = front.Admin(admin.Secret);

        var own = await log.ListAuditEntriesAsync(new() { Workspace = "trial" }, cancellationToken: Token);
        var all = await GuardedFront.FailAsync(() =>
            log.ListAuditEntriesAsync(new(), cancellationToken: Token).ResponseAsync
        );
        var other = await GuardedFront.FailAsync(() =>
            log.ListAuditEntriesAsync(new() { Workspace = "default" }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal(admin.Key.KeyId, Assert.Single(own.Entries).Target);
        Assert.Equal(("ROLE_MISSING", "ROLE_MISSING"), (all.Reason, other.Reason));
    }

    [Fact]
    public async Task Without_authentication_the_log_says_that_anybody_did_it()
    {
        await using var front = await Front.StartAsync();
        await front.CallAsync<PutScoringModelRequest, ScoringModel>("PutScoringModel", new() { Model = Model("a") });

        var entry = Assert.Single(
            (
                await new AdminService.AdminServiceClient(front.Channel).ListAuditEntriesAsync(
                    new(),
                    cancellationToken: Token
                )
            ).Entries
        );
        Assert.Equal(("anonymous", "127.0.0.1"), (entry.Actor, entry.Address));
    }

    private static ScoringModel Model(string name) =>
        new()
        {
            Name = name,
            Terms =
            {
                new Term { EventType = "x", Weight = 1 },
            },
            TargetPoints = 10,
            Bands =
            {
                new Band { Name = "all", Engagement = Engagement.Engaged },
            },
        };
}
