using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Admin;

/// <summary>Creates, lists and revokes API keys.</summary>
internal sealed class KeyEditor(ApiKeys keys, CallGuard guard, AuditLog audit, AnswerLimit limit, TimeProvider time)
{
    private const int MostGrants = 100;
    private const int MostRate = 1_000_000;
    private const int MostEvents = 1_000_000_000;
    private const long MostBytes = 100_000_000_000;
    private static readonly Paging<StoredKey> Pages = new("keys", ordinary: 100, largest: 1_000, key => key.Id);

    public async Task<V1.CreateApiKeyResponse> CreateAsync(V1.CreateApiKeyRequest request, ServerCallContext context)
    {
        CallErrors.ThrowIf(TextRules.CheckRequired(request.Owner, "owner", Limits.NameBytes));
        var grants = ReadGrants(request);
        foreach (var grant in grants)
        {
            guard.Require(context, grant.Workspace);
        }
        var limits = request.Limits ?? new V1.KeyLimits();
        CallErrors.ThrowIf(Check(limits));
        var expiresAt = ReadExpiry(request.ExpireTime);
        var id = KeyText.NewId();
        var secret = KeyText.New(id, out var hash);
        var key = new StoredKey
        {
            Id = id,
            Hash = hash,
            Owner = request.Owner,
            Grants = [.. grants.Select(grant => grant.ToString())],
            CallsPerSecond = limits.CallsPerSecond,
            EventsPerSecond = limits.EventsPerSecond,
            BytesPerSecond = limits.BytesPerSecond,
            ConcurrentStreams = limits.ConcurrentStreams,
            CreatedAt = time.GetUtcNow(),
            ExpiresAt = expiresAt,
        };
        await audit.DoAsync(
            context,
            ChangeOf(key),
            async () =>
            {
                await keys.AddAsync(key);
                return true;
            }
        );
        return new V1.CreateApiKeyResponse { Secret = secret, Key = ToProto(key) };
    }

    public V1.ListApiKeysResponse List(V1.ListApiKeysRequest request, ServerCallContext context)
    {
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        var visible = keys.Current.Keys.Where(key => guard.MayAll(context, key.Grants));
        return new V1.ListApiKeysResponse
        {
            Keys = { Pages.Cut(wanted, visible, ToProto, limit, out var next) },
            NextPageToken = next,
        };
    }

    public async Task<V1.RevokeApiKeyResponse> RevokeAsync(V1.RevokeApiKeyRequest request, ServerCallContext context)
    {
        CallErrors.ThrowIf(TextRules.CheckRequired(request.KeyId, "key_id", Limits.NameBytes));
        if (keys.Current.Find(request.KeyId) is not { } key || !guard.MayAll(context, key.Grants))
        {
            throw CallErrors.ApiKeyNotFound(request.KeyId);
        }
        await audit.DoAsync(context, ChangeOf(key), () => keys.RemoveAsync(key));
        return new V1.RevokeApiKeyResponse();
    }

    private static AuditedChange ChangeOf(StoredKey key)
    {
        var workspaces = key.Grants.Select(text => AccessGrant.Parse(text).Workspace).Distinct().ToList();
        var expiry = key.ExpiresAt is { } end ? string.Create(CultureInfo.InvariantCulture, $" until {end:u}") : "";
        return new(
            workspaces is [var one] && one != AccessGrant.AnyWorkspace ? one : "",
            key.Id,
            $"{key.Owner}: {string.Join(' ', key.Grants)}{expiry}"
        );
    }

    private static List<AccessGrant> ReadGrants(V1.CreateApiKeyRequest request)
    {
        if (request.Grants.Count is 0 or > MostGrants)
        {
            throw CallErrors.From(FieldFault.Invalid("grants", $"must be 1 to {MostGrants}"));
        }
        var grants = new List<AccessGrant>();
        for (var i = 0; i < request.Grants.Count; i++)
        {
            var grant = request.Grants[i];
            if (grant.Role is V1.Role.Unspecified || !System.Enum.IsDefined(grant.Role))
            {
                throw CallErrors.From(FieldFault.Invalid($"grants[{i}].role", "must be ingest, read, model or admin"));
            }
            if (!AccessGrant.IsWorkspace(grant.Workspace))
            {
                throw CallErrors.From(
                    FieldFault.Invalid(
                        $"grants[{i}].workspace",
                        $"must be a workspace's name, or {AccessGrant.AnyWorkspace} for all of them"
                    )
                );
            }
            grants.Add(new(grant.Role, grant.Workspace));
        }
        return grants;
    }

    private static FieldFault? Check(V1.KeyLimits limits) =>
        CheckRange(limits.CallsPerSecond, MostRate, "calls_per_second")
        ?? CheckRange(limits.EventsPerSecond, MostEvents, "events_per_second")
        ?? CheckRange(limits.BytesPerSecond, MostBytes, "bytes_per_second")
        ?? CheckRange(limits.ConcurrentStreams, MostRate, "concurrent_streams");

    private static FieldFault? CheckRange(long value, long most, string field) =>
        value >= 0 && value <= most
            ? null
            : FieldFault.Invalid($"limits.{field}", $"must be 1 to {most:N0}, or 0 for no limit");

    private DateTimeOffset? ReadExpiry(Timestamp? wanted)
    {
        if (wanted is null)
        {
            return null;
        }
        CallErrors.ThrowIf(Instants.Read(wanted.Seconds, wanted.Nanos, "expire_time", out _));
        var expiresAt = wanted.ToDateTimeOffset();
        return expiresAt > time.GetUtcNow()
            ? expiresAt
            : throw CallErrors.From(FieldFault.Invalid("expire_time", "must be in the future"));
    }

    private static V1.ApiKey ToProto(StoredKey key)
    {
        var message = new V1.ApiKey
        {
            KeyId = key.Id,
            Owner = key.Owner,
            CreateTime = Timestamp.FromDateTimeOffset(key.CreatedAt),
            ExpireTime = key.ExpiresAt is { } end ? Timestamp.FromDateTimeOffset(end) : null,
            LastUseTime = key.LastUsedAt is { } used ? Timestamp.FromDateTimeOffset(used) : null,
            Limits = new V1.KeyLimits
            {
                CallsPerSecond = key.CallsPerSecond,
                EventsPerSecond = key.EventsPerSecond,
                BytesPerSecond = key.BytesPerSecond,
                ConcurrentStreams = key.ConcurrentStreams,
            },
        };
        message.Grants.Add(
            key.Grants.Select(AccessGrant.Parse)
                .Select(grant => new V1.Grant { Role = grant.Role, Workspace = grant.Workspace })
        );
        return message;
    }
}
