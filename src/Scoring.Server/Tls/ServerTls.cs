using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Scoring.Server.Settings;

namespace Scoring.Server.Tls;

/// <summary>The TLS of a server from PEM files, which may be replaced while it runs. Safe for concurrent use.</summary>
/// <remarks>
/// TLS 1.2 and 1.3. New files hold for new connections; connections that are open stay as they are. If new files are no good, the old
/// ones go on holding and the log says why.
/// </remarks>
internal sealed partial class ServerTls : IDisposable
{
    /// <summary>"TLS client authentication" of RFC 5280, section 4.2.1.12.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>"TLS server authentication" of RFC 5280, section 4.2.1.12.</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ServerSettings _settings;
    private readonly Func<ServerSettings, TlsFiles> _read;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private volatile LoadedTls _loaded;
    private string? _fault;
    private bool _faultIsLogged;

    /// <summary>Loads the files and goes on looking at them.</summary>
    /// <param name="settings">Name the files.</param>
    /// <param name="logger">Is told of new files, of bad ones, and of certificates that have run out; null for nobody.</param>
    /// <param name="time">Keeps the interval; null for the system's.</param>
    /// <param name="read">Reads them; those for callers when null.</param>
    /// <exception cref="SettingException">A file is no good.</exception>
    public ServerTls(
        ServerSettings settings,
        ILogger<ServerTls>? logger = null,
        TimeProvider? time = null,
        Func<ServerSettings, TlsFiles>? read = null
    )
    {
        _settings = settings;
        _read = read ?? TlsFiles.Read;
        _log = logger ?? NullLogger<ServerTls>.Instance;
        _time = time ?? TimeProvider.System;
        try
        {
            _loaded = new LoadedTls(_read(settings));
        }
        catch (InvalidDataException exception)
        {
            throw new SettingException(exception.Message);
        }

        Warn(_loaded);
        _timer = _time.CreateTimer(_ => Reload(), null, settings.TlsReloadInterval, settings.TlsReloadInterval);
    }

    /// <summary>The files as they hold now.</summary>
    public LoadedTls Current => _loaded;

    /// <summary>What one new connection is to be opened with; without ALPN, which is the listener's.</summary>
    public SslServerAuthenticationOptions ForConnection()
    {
        var loaded = _loaded;
        var connection = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = loaded.Certificate,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (loaded.ClientRoots is not null)
        {
            connection.ClientCertificateRequired = true;
            // A resumed session would skip what has changed since: authorities and revocations.
            connection.AllowTlsResume = false;
            connection.CertificateChainPolicy = ChainPolicy(loaded.ClientRoots, ClientAuthentication);
            connection.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                Accepts(loaded, certificate, chain, errors);
        }

        return connection;
    }

    /// <summary>Stops looking at the files.</summary>
    public void Dispose() => _timer.Dispose();

    /// <summary>Looks at the files now.</summary>
    internal void Reload()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            var files = _read(_settings);
            if (files != _loaded.Files)
            {
                // What the old ones hold is still used by open connections; the collector frees it.
                _loaded = new LoadedTls(files);
                LogReloaded(_loaded.Leaf.Subject, new DateTimeOffset(_loaded.Leaf.NotAfter));
                Warn(_loaded);
            }

            (_fault, _faultIsLogged) = (null, false);
        }
        // Nothing may escape from a timer.
        catch (Exception exception)
        {
            Report(exception);
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>How a certificate of the other side is traced back to the roots that are trusted.</summary>
    /// <param name="roots">The roots.</param>
    /// <param name="purpose">What it must be good for.</param>
    public static X509ChainPolicy ChainPolicy(X509Certificate2Collection roots, string purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            // Lists of revoked certificates are a file here; and nothing is fetched from where a stranger's certificate says.
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(roots);
        policy.ApplicationPolicy.Add(new(purpose));
        return policy;
    }

    private bool Accepts(LoadedTls loaded, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            var isRequired = _settings.TlsRequireClientCertificate is not false;
            if (isRequired)
            {
                LogNoClientCertificate();
            }

            return !isRequired;
        }

        var fault =
            errors != SslPolicyErrors.None ? Reason(chain, errors)
            : chain is null || loaded.Revoked.HasAnyOf(chain) ? "it is revoked"
            : null;
        if (fault is not null)
        {
            LogClientRefused(certificate.Subject, fault);
        }

        return fault is null;
    }

    /// <summary>What is wrong with a certificate, in words.</summary>
    public static string Reason(X509Chain? chain, SslPolicyErrors errors) =>
        chain is { ChainStatus.Length: > 0 }
            ? string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct())
            : errors.ToString();

    /// <remarks>Files are replaced one after the other: only what is still wrong at the next look is worth a word, and only one.</remarks>
    private void Report(Exception exception)
    {
        if (_fault != exception.Message)
        {
            (_fault, _faultIsLogged) = (exception.Message, false);
        }
        else if (!_faultIsLogged)
        {
            _faultIsLogged = true;
            LogKeepsOld(exception.Message);
        }
    }

    private void Warn(LoadedTls loaded)
    {
        var now = _time.GetUtcNow();
        var (from, to) = (new DateTimeOffset(loaded.Leaf.NotBefore), new DateTimeOffset(loaded.Leaf.NotAfter));
        if (now < from || now > to)
        {
            LogNotValidNow(loaded.Files.Certificate.Path, from, to);
        }

        if (loaded.Revoked.StaleSince is { } stale && stale < now)
        {
            LogStaleList(loaded.Files.ClientCrl!.Path, stale);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "New TLS files hold from now on: certificate of {Subject}, valid until {NotAfter:u}"
    )]
    private partial void LogReloaded(string subject, DateTimeOffset notAfter);

    [LoggerMessage(LogLevel.Error, "The TLS files have changed and are no good, so the old ones still hold: {Reason}")]
    private partial void LogKeepsOld(string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "The certificate in {File} is valid from {NotBefore:u} to {NotAfter:u}, not now; clients will refuse it"
    )]
    private partial void LogNotValidNow(string file, DateTimeOffset notBefore, DateTimeOffset notAfter);

    [LoggerMessage(
        LogLevel.Warning,
        "{File} should have been replaced by {NextUpdate:u}; what was revoked since is not known"
    )]
    private partial void LogStaleList(string file, DateTimeOffset nextUpdate);

    [LoggerMessage(LogLevel.Information, "A client without a certificate was refused")]
    private partial void LogNoClientCertificate();

    [LoggerMessage(LogLevel.Information, "The client certificate of {Subject} was refused: {Reason}")]
    private partial void LogClientRefused(string subject, string reason);
}
