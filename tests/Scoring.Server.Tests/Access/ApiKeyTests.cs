using System.Text.Json;
using Grpc.Core;
using Scoring.Backend.Specs;
using Scoring.Server.Access;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

public sealed class ApiKeyTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_told_once_and_kept_as_a_hash()
    {
        var documents = new FakeDocuments();
        await using var front = await GuardedFront.StartAsync(documents);

        var created = await front.CreateAsync("read@default ingest@trial", expires: Front.Now.AddDays(90));

        Assert.Matches("^scoring_[a-z0-9]{10}_[A-Za-z0-9_-]{43}$", created.Secret);
        Assert.StartsWith($"scoring_{created.Key.KeyId}_", created.Secret, StringComparison.Ordinal);
        var stored = System.Text.Encoding.UTF8.GetString(documents.Follow("keys").Content);
        Assert.Contains(created.Key.KeyId, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Secret.Split('_', 3)[2], stored, StringComparison.Ordinal);
        var listed = Assert.Single((await front.Admin().ListApiKeysAsync(new(), cancellationToken: Token)).Keys);
        Assert.Equal(created.Key, listed);
        Assert.Equal("crm", listed.Owner);
        Assert.Equal(Front.Now.AddDays(90), listed.ExpireTime.ToDateTimeOffset());
        Assert.Null(listed.LastUseTime);
        // Every server knows of it before it is told.
        Assert.Equal(1, documents.Announcements);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("scoring_")]
    [InlineData("scoring__")]
    [InlineData("scoring_admin_")]
    [InlineData("scoring_admin_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("scoring_admin_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("scoring_nobody_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%")]
    [InlineData("scoring_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task What_is_no_key_is_refused(string key)
    {
        await using var front = await GuardedFront.StartAsync();

        var failure = await GuardedFront.FailAsync(() => GetAsync(front, key));

        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_INVALID"), (failure.Code, failure.Reason));
        Assert.DoesNotContain(key, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_does_not_hold_with_another_secret()
    {
        await using var front = await GuardedFront.StartAsync();
        var (one, other) = (await front.CreateAsync("read@*"), await front.CreateAsync("read@*"));
        var mixed = $"scoring_{one.Key.KeyId}_{other.Secret.Split('_', 3)[2]}";

        Assert.Equal("CREDENTIALS_INVALID", (await GuardedFront.FailAsync(() => GetAsync(front, mixed))).Reason);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_with_the_next_call_and_the_next_batch_of_a_stream()
    {
        await using var front = await GuardedFront.StartAsync();
        var key = await front.CreateAsync("ingest@default");
        var batch = new RecordEventsRequest
        {
            Events =
            {
                new Event { CustomerId = "ada", Type = "x" },
            },
        };
        using var stream = front.Scoring(key.Secret).StreamEvents(cancellationToken: Token);
        await stream.RequestStream.WriteAsync(batch, Token);
        Assert.True(await stream.ResponseStream.MoveNext(Token));

        await front.Admin().RevokeApiKeyAsync(new() { KeyId = key.Key.KeyId }, cancellationToken: Token);

        var call = await GuardedFront.FailAsync(() =>
            front.Scoring(key.Secret).RecordEventsAsync(batch, cancellationToken: Token).ResponseAsync
        );
        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_INVALID"), (call.Code, call.Reason));
        await stream.RequestStream.WriteAsync(batch, Token);
        var ended = await GuardedFront.FailAsync(() => stream.ResponseStream.MoveNext(Token));
        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_INVALID"), (ended.Code, ended.Reason));
        Assert.Single(front.Front.Backend.Batches);
        Assert.Empty((await front.Admin().ListApiKeysAsync(new(), cancellationToken: Token)).Keys);
    }

    [Fact]
    public async Task An_expired_key_is_refused_also_where_it_was_taken_a_moment_before()
    {
        await using var front = await GuardedFront.StartAsync();
        var key = await front.CreateAsync("read@default", expires: Front.Now.AddHours(1));
        Assert.Equal("CUSTOMER_NOT_FOUND", (await GuardedFront.FailAsync(() => GetAsync(front, key.Secret))).Reason);

        front.Front.Time.Advance(TimeSpan.FromHours(1));

        var failure = await GuardedFront.FailAsync(() => GetAsync(front, key.Secret));
        Assert.Equal("CREDENTIALS_INVALID", failure.Reason);
        Assert.Contains("expired at 2026-03-02 13:00:00Z", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_a_key_was_used_last_is_stored_within_a_minute()
    {
        var documents = new FakeDocuments();
        await using var front = await GuardedFront.StartAsync(documents);
        var (used, unused) = (await front.CreateAsync("read@*"), await front.CreateAsync("read@*", owner: "other"));
        front.Front.Time.Advance(TimeSpan.FromSeconds(30));
        await GuardedFront.FailAsync(() => GetAsync(front, used.Secret));

        front.Front.Time.Advance(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => documents.Follow("keys").Version == 3);

        var keys = (await front.Admin().ListApiKeysAsync(new(), cancellationToken: Token)).Keys;
        Assert.Equal(
            Front.Now.AddSeconds(30),
            keys.Single(key => key.KeyId == used.Key.KeyId).LastUseTime.ToDateTimeOffset()
        );
        Assert.Null(keys.Single(key => key.KeyId == unused.Key.KeyId).LastUseTime);
    }

    [Fact]
    public async Task An_admin_of_a_workspace_gives_and_takes_and_sees_keys_of_that_workspace_alone()
    {
        await using var front = await GuardedFront.StartAsync();
        var foreign = await front.CreateAsync("read@trial");
        var mixed = await front.CreateAsync("read@trial read@default");
        var admin = await front.CreateAsync("admin@default");

        var own = await front.CreateAsync("ingest@default", creator: admin.Secret);
        foreach (var grants in new[] { "read@trial", "read@*", "ingest@default admin@trial" })
        {
            var refused = await GuardedFront.FailAsync(() => front.CreateAsync(grants, creator: admin.Secret));
            Assert.Equal("ROLE_MISSING", refused.Reason);
        }
        var seen = await front.Admin(admin.Secret).ListApiKeysAsync(new(), cancellationToken: Token);
        Assert.Equal(
            new[] { own.Key.KeyId, admin.Key.KeyId }.Order(StringComparer.Ordinal),
            seen.Keys.Select(key => key.KeyId)
        );
        foreach (var id in new[] { foreign.Key.KeyId, mixed.Key.KeyId, "nokey" })
        {
            var refused = await GuardedFront.FailAsync(() => RevokeAsync(front, id, admin.Secret));
            Assert.Equal((StatusCode.NotFound, "API_KEY_NOT_FOUND"), (refused.Code, refused.Reason));
        }
        await RevokeAsync(front, own.Key.KeyId, admin.Secret);
    }

    [Theory]
    [InlineData("", "read", "default", "owner")]
    [InlineData("a\u001bb", "read", "default", "owner")]
    [InlineData("crm", "Unspecified", "default", "grants[0].role")]
    [InlineData("crm", "77", "default", "grants[0].role")]
    [InlineData("crm", "read", "", "grants[0].workspace")]
    [InlineData("crm", "read", "A b", "grants[0].workspace")]
    public async Task A_wrong_field_of_a_new_key_is_named(string owner, string role, string workspace, string field)
    {
        await using var front = await GuardedFront.StartAsync();
        var request = new CreateApiKeyRequest
        {
            Owner = owner,
            Grants =
            {
                new Grant { Role = Enum.Parse<Role>(role, ignoreCase: true), Workspace = workspace },
            },
        };

        var failure = await GuardedFront.FailAsync(() =>
            front.Admin().CreateApiKeyAsync(request, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal([field], failure.Fields);
    }

    [Fact]
    public async Task Expiry_in_the_past_limits_out_of_range_and_no_grants_are_refused()
    {
        await using var front = await GuardedFront.StartAsync();

        var past = await GuardedFront.FailAsync(() => front.CreateAsync("read@*", expires: Front.Now));
        var negative = await GuardedFront.FailAsync(() =>
            front.CreateAsync("read@*", new KeyLimits { EventsPerSecond = -1 })
        );
        var none = await GuardedFront.FailAsync(() =>
            front.Admin().CreateApiKeyAsync(new() { Owner = "crm" }, cancellationToken: Token).ResponseAsync
        );

        Assert.Equal(["expire_time"], past.Fields);
        Assert.Equal(["limits.events_per_second"], negative.Fields);
        Assert.Equal(["grants"], none.Fields);
    }

    [Fact]
    public async Task Two_servers_that_create_keys_at_once_keep_both()
    {
        var documents = new FakeDocuments();
        await using var front = await GuardedFront.StartAsync(documents);
        await using var other = await GuardedFront.StartAsync(documents);
        var isFirst = true;
        documents.BeforePut = async name =>
        {
            if (name == "keys" && isFirst)
            {
                isFirst = false;
                await other.CreateAsync("read@*", owner: "other");
            }
        };

        await front.CreateAsync("read@*");

        var keys = (await front.Admin().ListApiKeysAsync(new(), cancellationToken: Token)).Keys;
        Assert.Equal(["crm", "other"], keys.Select(key => key.Owner).Order());
    }

    [Fact]
    public async Task More_keys_than_there_may_be_are_refused_until_one_is_revoked()
    {
        var documents = new FakeDocuments();
        var others = Enumerable
            .Range(1, ApiKeys.Most - 1)
            .Select(i => new StoredKey
            {
                Id = $"k{i}",
                Hash = [],
                Owner = "crm",
                Grants = ["read@*"],
            });
        await documents.TryPutAsync("keys", replaced: 0, JsonSerializer.SerializeToUtf8Bytes(others));
        await using var front = await GuardedFront.StartAsync(documents);
        var last = await front.CreateAsync("read@*");

        var failure = await GuardedFront.FailAsync(() => front.CreateAsync("read@*"));
        await RevokeAsync(front, last.Key.KeyId, "");

        Assert.Equal((StatusCode.FailedPrecondition, "LIMIT_EXCEEDED"), (failure.Code, failure.Reason));
        await front.CreateAsync("read@*");
    }

    private static async Task GetAsync(GuardedFront front, string key) =>
        await front.Scoring(key).GetScoreAsync(new() { CustomerId = "ada" }, cancellationToken: Token).ResponseAsync;

    private static async Task RevokeAsync(GuardedFront front, string id, string revoker) =>
        await front.Admin(revoker).RevokeApiKeyAsync(new() { KeyId = id }, cancellationToken: Token).ResponseAsync;
}
