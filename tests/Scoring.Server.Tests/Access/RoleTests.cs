using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

/// <summary>Every method needs its role, in the workspace of the request.</summary>
public sealed class RoleTests : IAsyncLifetime
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private GuardedFront _front = null!;

    /// <summary>What each method of the contract needs; one that is not here fails the tests.</summary>
    private static readonly Dictionary<string, Role> Needed = new()
    {
        ["RecordEvent"] = Role.Ingest,
        ["RecordEvents"] = Role.Ingest,
        ["StreamEvents"] = Role.Ingest,
        ["UpsertCustomers"] = Role.Ingest,
        ["UpsertAccounts"] = Role.Ingest,
        ["GetScore"] = Role.Read,
        ["BatchGetScores"] = Role.Read,
        ["GetSegmentStats"] = Role.Read,
        ["GetAccountHealth"] = Role.Read,
        ["GetCustomer"] = Role.Read,
        ["GetAccount"] = Role.Read,
        ["ListCustomers"] = Role.Read,
        ["ListAccounts"] = Role.Read,
        ["StreamCustomers"] = Role.Read,
        ["MergeCustomers"] = Role.Ingest,
        ["PutScoreAdjustment"] = Role.Model,
        ["DeleteScoreAdjustment"] = Role.Model,
        ["ListScoreAdjustments"] = Role.Read,
        ["GetScoreHistory"] = Role.Read,
        ["ExplainScoreChange"] = Role.Read,
        ["GetSegmentHistory"] = Role.Read,
        ["ListMovers"] = Role.Read,
        ["GetAccountHealthHistory"] = Role.Read,
        ["ExplainSegmentChange"] = Role.Read,
        ["ExplainAccountHealthChange"] = Role.Read,
        ["ProjectScore"] = Role.Read,
        ["EvaluateScoringModel"] = Role.Read,
        ["StreamModelEvaluation"] = Role.Read,
        ["ProposeScoringModel"] = Role.Read,
        ["ListBandLeavers"] = Role.Read,
        ["ExportEvents"] = Role.Read,
        ["CorrectEvents"] = Role.Admin,
        ["DeleteCustomer"] = Role.Admin,
        ["DeleteAccount"] = Role.Admin,
        ["GetScoringModel"] = Role.Read,
        ["PreviewScoringModel"] = Role.Read,
        ["ListScoringModels"] = Role.Read,
        ["ListScoringModelVersions"] = Role.Read,
        ["ListNames"] = Role.Read,
        ["PutScoringModel"] = Role.Model,
        ["RollbackScoringModel"] = Role.Model,
        ["AdoptScoringModel"] = Role.Model,
        ["DeleteScoringModel"] = Role.Model,
        ["PruneNames"] = Role.Model,
        ["CreateApiKey"] = Role.Admin,
        ["ListApiKeys"] = Role.Admin,
        ["RevokeApiKey"] = Role.Admin,
        ["ListAuditEntries"] = Role.Admin,
    };

    public static TheoryData<string> Methods =>
        [
            .. new[]
            {
                ScoringService.Descriptor,
                CustomerService.Descriptor,
                HistoryService.Descriptor,
                ModelService.Descriptor,
                AdminService.Descriptor,
            }.SelectMany(service => service.Methods.Select(method => $"{service.FullName}/{method.Name}")),
        ];

    public async ValueTask InitializeAsync() => _front = await GuardedFront.StartAsync();

    public ValueTask DisposeAsync() => _front.DisposeAsync();

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Without_credentials_every_method_is_UNAUTHENTICATED(string path)
    {
        var failure = await GuardedFront.FailAsync(() => CallAsync(path, credentials: null));

        Assert.Equal((StatusCode.Unauthenticated, "CREDENTIALS_MISSING"), (failure.Code, failure.Reason));
        Assert.Contains("authorization: Bearer", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Whoever_lacks_the_role_of_a_method_is_told_which_it_is(string path)
    {
        var needed = Needed[path.Split('/')[1]];
        foreach (var role in new[] { Role.Ingest, Role.Read, Role.Model, Role.Admin })
        {
            var key = await _front.CreateAsync($"{AccessGrant.NameOf(role)}@*");
            var isEnough = role == needed || role == Role.Admin || (role, needed) == (Role.Model, Role.Read);

            var failure = await CallForStatusAsync(path, key.Secret);

            Assert.Equal(!isEnough, failure?.Reason == "ROLE_MISSING");
            if (!isEnough)
            {
                Assert.Equal(StatusCode.PermissionDenied, failure!.Code);
                Assert.Equal(AccessGrant.NameOf(needed), failure.Metadata["role"]);
            }
        }
    }

    [Fact]
    public async Task An_answer_does_not_tell_which_workspaces_there_are()
    {
        var key = await _front.CreateAsync("read@default");
        foreach (var workspace in new[] { "trial", "none", "", "trail", "x y" })
        {
            var failure = await GuardedFront.FailAsync(() =>
                _front
                    .Scoring(key.Secret)
                    .GetScoreAsync(new() { Workspace = workspace, CustomerId = "ada" }, cancellationToken: Token)
                    .ResponseAsync
            );

            // In its own workspace the caller is told that nothing is known of the customer.
            var (code, reason) =
                workspace.Length == 0
                    ? (StatusCode.NotFound, "CUSTOMER_NOT_FOUND")
                    : (StatusCode.PermissionDenied, "ROLE_MISSING");
            Assert.Equal((code, reason), (failure.Code, failure.Reason));
            if (workspace.Length > 0)
            {
                Assert.Equal(
                    $"The call needs the role read in workspace '{workspace}', which its caller does not have.",
                    failure.Message
                );
            }
        }
        var everywhere = await _front.CreateAsync("read@*");
        var told = await GuardedFront.FailAsync(() =>
            _front
                .Scoring(everywhere.Secret)
                .GetScoreAsync(new() { Workspace = "trail", CustomerId = "ada" }, cancellationToken: Token)
                .ResponseAsync
        );
        Assert.Equal("WORKSPACE_NOT_FOUND", told.Reason);
    }

    [Fact]
    public async Task A_role_holds_in_its_workspace_alone_also_for_batches_and_streams()
    {
        var key = await _front.CreateAsync("ingest@trial read@default");
        var scoring = _front.Scoring(key.Secret);
        var good = new RecordEventsRequest
        {
            Workspace = "trial",
            Events =
            {
                new Event { CustomerId = "ada", Type = "x" },
            },
        };
        var bad = new RecordEventsRequest(good) { Workspace = "" };

        await scoring.RecordEventsAsync(good, cancellationToken: Token);
        var refused = await GuardedFront.FailAsync(() =>
            scoring.RecordEventsAsync(bad, cancellationToken: Token).ResponseAsync
        );
        Assert.Equal(("ROLE_MISSING", "default"), (refused.Reason, refused.Metadata["workspace"]));

        using var stream = scoring.StreamEvents(cancellationToken: Token);
        await stream.RequestStream.WriteAsync(good, Token);
        Assert.True(await stream.ResponseStream.MoveNext(Token));
        await stream.RequestStream.WriteAsync(bad, Token);
        var ended = await GuardedFront.FailAsync(() => stream.ResponseStream.MoveNext(Token));
        Assert.Equal("ROLE_MISSING", ended.Reason);
        Assert.Equal(2, _front.Front.Backend.Batches.Count);
    }

    [Theory]
    [InlineData("/v1/customers/ada:score", null, HttpStatusCode.Unauthorized)]
    [InlineData("/v1/customers/ada:score", "scoring_abc_x", HttpStatusCode.Unauthorized)]
    [InlineData("/v1/customers/ada:score", "", HttpStatusCode.NotFound)]
    [InlineData("/v1/keys", null, HttpStatusCode.Unauthorized)]
    [InlineData("/v1/keys", "", HttpStatusCode.OK)]
    [InlineData("/metrics", null, HttpStatusCode.Unauthorized)]
    [InlineData("/metrics", "", HttpStatusCode.OK)]
    [InlineData("/healthz", null, HttpStatusCode.OK)]
    [InlineData("/readyz", null, HttpStatusCode.OK)]
    public async Task JSON_and_what_is_beside_it_need_the_same_but_for_health(
        string path,
        string? credentials,
        HttpStatusCode status
    )
    {
        using var answer = await _front.GetAsync(path, credentials);

        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.Unauthorized)
        {
            Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            Assert.Contains("CREDENTIALS_", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_are_for_those_who_read_all_workspaces()
    {
        var one = await _front.CreateAsync("read@default");
        var all = await _front.CreateAsync("read@*");

        using var refused = await _front.GetAsync("/metrics", one.Secret);
        using var answered = await _front.GetAsync("/metrics", all.Secret);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
    }

    [Fact]
    public async Task A_request_is_refused_before_it_is_read()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _front.Front.Http.BaseAddress!.Port, Token);
        await using var stream = connection.GetStream();
        // Of a million bytes one is sent.
        await stream.WriteAsync(
            "POST /v1/events:batchRecord HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"u8.ToArray(),
            Token
        );
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 401 Unauthorized", await reader.ReadLineAsync(Token));
    }

    /// <summary>Calls a method; null when it succeeds.</summary>
    private async Task<CallFailure?> CallForStatusAsync(string path, string credentials)
    {
        try
        {
            await CallAsync(path, credentials);
            return null;
        }
        catch (RpcException error) when (error.GetRpcStatus() is not null)
        {
            return CallFailure.Of(error);
        }
        catch (RpcException)
        {
            // A backend that answers nothing fails in its own way: the call has come that far.
            return null;
        }
    }

    private async Task CallAsync(string path, string? credentials)
    {
        var bytes = Marshallers.Create<byte[]>(message => message, message => message);
        var type =
            path.EndsWith("/StreamEvents", StringComparison.Ordinal) ? MethodType.DuplexStreaming
            : path.EndsWith("/StreamCustomers", StringComparison.Ordinal)
            || path.EndsWith("/ExportEvents", StringComparison.Ordinal)
            || path.EndsWith("/StreamModelEvaluation", StringComparison.Ordinal)
                ? MethodType.ServerStreaming
            : MethodType.Unary;
        var (service, name) = (path.Split('/')[0], path.Split('/')[1]);
        var method = new Method<byte[], byte[]>(type, service, name, bytes, bytes);
        var invoker = _front.Invoker(credentials);
        if (type == MethodType.Unary)
        {
            using var call = invoker.AsyncUnaryCall(method, null, new CallOptions(cancellationToken: Token), []);
            await call;
            return;
        }
        if (type == MethodType.ServerStreaming)
        {
            using var answers = invoker.AsyncServerStreamingCall(
                method,
                null,
                new CallOptions(cancellationToken: Token),
                []
            );
            await answers.ResponseStream.MoveNext(Token);
            return;
        }
        using var stream = invoker.AsyncDuplexStreamingCall(method, null, new CallOptions(cancellationToken: Token));
        await stream.RequestStream.CompleteAsync();
        await stream.ResponseStream.MoveNext(Token);
    }
}
