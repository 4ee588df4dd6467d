using System.Net;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Settings;

/// <summary>Settings that do not go together.</summary>
internal static class SettingFaults
{
    /// <summary>What is wrong with settings that are right one by one.</summary>
    public static IEnumerable<string> Of(ServerSettings settings)
    {
        if (settings.DuplicateWindowMaximum < settings.DuplicateWindowMinimum)
        {
            yield return $"Setting Scoring:DuplicateWindowMaximum is {settings.DuplicateWindowMaximum} but must be at least Scoring:DuplicateWindowMinimum, {settings.DuplicateWindowMinimum}.";
        }
        if (settings.CallMemory is { } memory && memory < FrontOptions.LeastMessages * settings.MaxMessageBytes)
        {
            yield return $"Setting Scoring:CallMemory is {memory} but must be at least {FrontOptions.LeastMessages} times Scoring:MaxMessageBytes, {settings.MaxMessageBytes}.";
        }
        if (settings.PlainHttpEndpoint is { } http && settings.GrpcEndpoint.SharesPortWith(http))
        {
            yield return $"Setting Scoring:HttpEndpoint is {http} but must have another port than Scoring:GrpcEndpoint, {settings.GrpcEndpoint}.";
        }
        if (
            settings.PortsFile.Length > 0
            && (Directory.Exists(settings.PortsFile) || !Directory.Exists(FolderOf(settings.PortsFile)))
        )
        {
            yield return $"Setting Scoring:PortsFile is '{settings.PortsFile}' but must be a file in a folder that exists.";
        }
        foreach (var (name, workspace) in settings.WorkspaceValues)
        {
            if (workspace.Named(name).Lifecycle.Fault is { } fault)
            {
                yield return $"Setting Scoring:Workspaces:{name}: {fault}.";
            }
        }
        (string Name, string Value, string NeededName, string Needed)[] ofTls =
        [
            (nameof(settings.TlsCertificate), settings.TlsCertificate, nameof(settings.TlsKey), settings.TlsKey),
            (nameof(settings.TlsKey), settings.TlsKey, nameof(settings.TlsCertificate), settings.TlsCertificate),
            (
                nameof(settings.TlsClientCa),
                settings.TlsClientCa,
                nameof(settings.TlsCertificate),
                settings.TlsCertificate
            ),
            (
                nameof(settings.ClusterCertificate),
                settings.ClusterCertificate,
                nameof(settings.ClusterKey),
                settings.ClusterKey
            ),
            (nameof(settings.ClusterKey), settings.ClusterKey, nameof(settings.ClusterCa), settings.ClusterCa),
            (
                nameof(settings.ClusterCa),
                settings.ClusterCa,
                nameof(settings.ClusterCertificate),
                settings.ClusterCertificate
            ),
            (nameof(settings.TlsClientCrl), settings.TlsClientCrl, nameof(settings.TlsClientCa), settings.TlsClientCa),
            (
                nameof(settings.TlsRequireClientCertificate),
                Setting.Write(settings.TlsRequireClientCertificate),
                nameof(settings.TlsClientCa),
                settings.TlsClientCa
            ),
        ];
        foreach (var fault in OfAccess(settings))
        {
            yield return fault;
        }
        foreach (var (name, _, needed, _) in ofTls.Where(setting => setting is { Value.Length: > 0, Needed.Length: 0 }))
        {
            yield return $"Setting Scoring:{needed} is missing; Scoring:{name} needs it.";
        }
        if (settings.GatewayPort > 0 && !settings.UsesClusterTls && !IPAddress.IsLoopback(settings.SiloAddress))
        {
            yield return "Setting Scoring:ClusterCertificate is missing; Scoring:GatewayPort needs it where it listens on other than loopback addresses: whoever reaches that port may do everything.";
        }
    }

    private static IEnumerable<string> OfAccess(ServerSettings settings)
    {
        if (!settings.Insecure && !settings.IsProtected && settings.IsBeyondLoopback(out var name, out var endpoint))
        {
            string[] missing =
            [
                .. settings.UsesTls ? Array.Empty<string>() : ["TlsCertificate and TlsKey"],
                .. settings.Authentication.Count > 0
                    ? Array.Empty<string>()
                    : ["Authentication (ApiKeys, Jwt or Certificates)"],
            ];
            yield return $"Setting Scoring:{name} is {endpoint}, which others than this machine reach: set {string.Join(", and ", missing)} too, or --Insecure where something else protects the calls.";
        }
        (AuthenticationKind Kind, string Name, bool IsSet, bool IsNeeded)[] ofKinds =
        [
            (AuthenticationKind.ApiKeys, nameof(settings.AdminKeyFile), settings.AdminKeyFile.Length > 0, false),
            (AuthenticationKind.Jwt, nameof(settings.JwtAudience), settings.JwtAudience.Length > 0, true),
            (AuthenticationKind.Jwt, nameof(settings.JwtGrants), settings.JwtGrants.Count > 0, true),
            (
                AuthenticationKind.Jwt,
                nameof(settings.JwtAuthority),
                settings.JwtAuthority.Length > 0,
                settings.JwtKeys.Length == 0
            ),
            (
                AuthenticationKind.Jwt,
                nameof(settings.JwtIssuer),
                settings.JwtIssuer.Length > 0,
                settings.JwtKeys.Length > 0
            ),
            (AuthenticationKind.Jwt, nameof(settings.JwtKeys), settings.JwtKeys.Length > 0, false),
            (
                AuthenticationKind.Certificates,
                nameof(settings.CertificateGrants),
                settings.CertificateGrants.Count > 0,
                true
            ),
            (AuthenticationKind.Certificates, nameof(settings.TlsClientCa), settings.TlsClientCa.Length > 0, true),
        ];
        foreach (var (kind, setting, isSet, isNeeded) in ofKinds)
        {
            var isUsed = settings.Authentication.Contains(kind);
            if (isUsed && isNeeded && !isSet)
            {
                yield return $"Setting Scoring:{setting} is missing; Scoring:Authentication with {kind} needs it.";
            }
            if (!isUsed && isSet && setting != nameof(settings.TlsClientCa))
            {
                yield return $"Setting Scoring:{setting} means nothing unless Scoring:Authentication has {kind}.";
            }
        }
        if (settings.JwtAuthority.Length > 0 && !IsProvider(settings.JwtAuthority))
        {
            yield return $"Setting Scoring:JwtAuthority is '{Setting.Shown(settings.JwtAuthority)}' but must be an address of https, or of http on this machine.";
        }
    }

    private static bool IsProvider(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));

    private static string? FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file));
}
