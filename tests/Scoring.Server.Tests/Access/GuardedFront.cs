using System.Net.Http.Headers;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Scoring.Server.Access;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Tests.Access;

/// <summary>A front that wants to know who calls, and what is called with its admin's key unless a test says otherwise.</summary>
internal sealed class GuardedFront : IAsyncDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private GuardedFront(Front front, string adminKey) => (Front, AdminKey) = (front, adminKey);

    public Front Front { get; }

    /// <summary>May do everything.</summary>
    public string AdminKey { get; }

    public static async Task<GuardedFront> StartAsync(
        FakeDocuments? documents = null,
        Func<AccessOptions, AccessOptions>? change = null
    )
    {
        var text = KeyText.New("admin", out var hash);
        var access = new AccessOptions
        {
            Kinds = [AuthenticationKind.ApiKeys],
            AdminKey = new StoredKey
            {
                Id = "admin",
                Hash = hash,
                Owner = "test",
                Grants = ["admin@*"],
            },
        };
        return new(await Front.StartAsync(documents: documents, access: change?.Invoke(access) ?? access), text);
    }

    public ScoringService.ScoringServiceClient Scoring(string? credentials) => new(Invoker(credentials));

    public ModelService.ModelServiceClient Models(string? credentials) => new(Invoker(credentials));

    public AdminService.AdminServiceClient Admin(string? credentials = "") => new(Invoker(credentials));

    /// <param name="credentials">What is sent as a bearer token; empty for the admin's key, null for nothing.</param>
    public CallInvoker Invoker(string? credentials) =>
        Front
            .Channel.CreateCallInvoker()
            .Intercept(metadata =>
            {
                if (credentials is not null)
                {
                    metadata.Add("authorization", $"Bearer {(credentials.Length == 0 ? AdminKey : credentials)}");
                }
                return metadata;
            });

    /// <summary>A new key.</summary>
    public async Task<CreateApiKeyResponse> CreateAsync(
        string grants,
        KeyLimits? limits = null,
        DateTimeOffset? expires = null,
        string creator = "",
        string owner = "crm"
    )
    {
        var request = new CreateApiKeyRequest
        {
            Owner = owner,
            Limits = limits,
            ExpireTime = expires is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        };
        foreach (var grant in grants.Split(' ').Select(AccessGrant.Parse))
        {
            request.Grants.Add(new Grant { Role = grant.Role, Workspace = grant.Workspace });
        }
        return await Admin(creator).CreateApiKeyAsync(request, cancellationToken: Token);
    }

    /// <summary>Asks by HTTP/1.1.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string? credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (credentials is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                credentials.Length == 0 ? AdminKey : credentials
            );
        }
        return await Front.Http.SendAsync(request, Token);
    }

    /// <summary>What a call ends with.</summary>
    public static async Task<CallFailure> FailAsync(Func<Task> call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(call));

    public ValueTask DisposeAsync() => Front.DisposeAsync();
}
