using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Scoring.Service.Health;

/// <summary>Health over HTTP: /healthz says that the process lives, /readyz that it can work.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz", static context => context.Response.WriteAsync("ok\n", context.RequestAborted));
        endpoints.MapGet("/readyz", AnswerReadyAsync);
    }

    private static async Task AnswerReadyAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var trouble = stopping.IsCancellationRequested
            ? "The server is stopping."
            : await services.GetRequiredService<HealthMonitor>().CheckAsync(context.RequestAborted);
        context.Response.StatusCode = trouble is null
            ? StatusCodes.Status200OK
            : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync((trouble ?? "ready") + "\n", context.RequestAborted);
    }
}
