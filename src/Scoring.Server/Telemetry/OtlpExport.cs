using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Scoring.Server.Settings;

namespace Scoring.Server.Telemetry;

/// <summary>Sends spans, metrics and logs to a collector by OTLP, if an endpoint is set.</summary>
/// <remarks>
/// The settings become the variables that OpenTelemetry standardises (<c>OTEL_*</c>), which hold otherwise, so that each of those works as
/// operators know it.
/// </remarks>
internal sealed class OtlpExport
{
    private const string Prefix = "OTEL_";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    private static readonly string[] Endpoints =
    [
        Endpoint,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    private readonly IConfiguration _variables;

    private OtlpExport(IConfiguration variables) => _variables = variables;

    /// <summary>Reads where to export to.</summary>
    /// <param name="settings">Set the endpoint and the protocol, and win.</param>
    /// <param name="configuration">Holds the environment.</param>
    /// <exception cref="SettingException">A variable of the environment is wrong.</exception>
    public static OtlpExport Read(ServerSettings settings, IConfiguration configuration)
    {
        var variables = configuration
            .AsEnumerable()
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        if (settings.OtlpEndpoint is { } endpoint)
        {
            variables[Endpoint] = endpoint.AbsoluteUri;
        }

        if (settings.OtlpProtocol.Length > 0)
        {
            variables[Protocol] = settings.OtlpProtocol;
        }

        foreach (var name in Endpoints)
        {
            Check(variables, name, nameof(ServerSettings.OtlpEndpoint));
        }

        Check(variables, Protocol, nameof(ServerSettings.OtlpProtocol));
        return new OtlpExport(new ConfigurationBuilder().AddInMemoryCollection(variables).Build());
    }

    /// <summary>Adds the export of spans and metrics.</summary>
    public void AddTo(IServiceCollection services, IConfigurationManager configuration)
    {
        // The SDK reads its variables from the host's configuration.
        configuration.AddConfiguration(_variables);
        if (IsOn("TRACES"))
        {
            services.AddOpenTelemetry().WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddOtlpExporter());
        }

        if (IsOn("METRICS"))
        {
            services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddOtlpExporter());
        }
    }

    /// <summary>Adds the export of logs.</summary>
    public void AddTo(ILoggingBuilder logs)
    {
        if (IsOn("LOGS"))
        {
            logs.Services.AddSingleton(_variables);
            logs.AddOpenTelemetry(options =>
            {
                options.IncludeFormattedMessage = true;
                options.SetResourceBuilder(ServiceResource.Describe(ResourceBuilder.CreateDefault()));
                options.AddOtlpExporter();
            });
        }
    }

    /// <summary>A variable may be what the setting that stands for it may be.</summary>
    private static void Check(Dictionary<string, string?> variables, string name, string settingName)
    {
        var setting = Setting.Of<ServerSettings>().First(setting => setting.Name == settingName);
        if (variables.GetValueOrDefault(name) is { Length: > 0 } text && !setting.TryRead(text, out _))
        {
            throw new SettingException(setting.Refuse($"Variable {name}", text));
        }
    }

    private bool IsOn(string signal) =>
        _variables[$"OTEL_{signal}_EXPORTER"] != "none"
        && (
            !string.IsNullOrEmpty(_variables[Endpoint])
            || !string.IsNullOrEmpty(_variables[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"])
        );
}
