using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Scoring.Server.Settings;

namespace Scoring.Server.Telemetry;

/// <summary>Sends spans, metrics and logs to a collector by OTLP, if an endpoint is set.</summary>
/// <remarks>All that is to be said of it the variables say that OpenTelemetry standardises (<c>OTEL_*</c>), as operators know them.</remarks>
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
    /// <param name="configuration">Holds the environment.</param>
    /// <exception cref="SettingException">A variable is wrong.</exception>
    public static OtlpExport Read(IConfiguration configuration)
    {
        var variables = configuration
            .AsEnumerable()
            .Where(variable => variable.Key.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (var name in Endpoints)
        {
            Check(variables, name, IsHttpUrl, "an absolute http or https URL such as http://127.0.0.1:4317");
        }

        Check(variables, Protocol, text => text is "grpc" or "http/protobuf", "grpc or http/protobuf");
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

    private static void Check(
        Dictionary<string, string?> variables,
        string name,
        Func<string, bool> isGood,
        string allowed
    )
    {
        if (variables.GetValueOrDefault(name) is { Length: > 0 } text && !isGood(text))
        {
            throw new SettingException($"Variable {name} is '{Setting.Shown(text)}' but must be {allowed}.");
        }
    }

    private static bool IsHttpUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private bool IsOn(string signal) =>
        _variables[$"OTEL_{signal}_EXPORTER"] != "none"
        && (
            !string.IsNullOrEmpty(_variables[Endpoint])
            || !string.IsNullOrEmpty(_variables[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"])
        );
}
